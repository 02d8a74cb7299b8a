"""What the tests of the window stand on: where Qt works, a task can be started."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt import plugin

from tests.ui.loops import window_loop
from tests.ui.waiting import until


def test_a_timer_that_is_due_between_the_phases_of_a_test_finds_the_loop(
    qapp: QApplication,
) -> None:
    loop = window_loop()
    found = list[asyncio.AbstractEventLoop]()
    timer = QTimer(qapp)
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: found.append(asyncio.get_running_loop()))
    timer.start(0)

    while timer.isActive():
        plugin._process_events()  # type: ignore[no-untyped-call]
    loop.run_until_complete(until(lambda: bool(found)))
    loop.close()

    assert found == [loop]
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
