"""The loop of the window in tests, known also while pytest-qt works off what Qt has to do.

It does so between the phases of a test, when nothing has said that a loop runs. A timer of the
window that is due just then, or the next step of a coroutine, would find none to start a task on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import qasync
from pytestqt import plugin

from ui.application import application

_made: Final = list[asyncio.AbstractEventLoop]()


def window_loop() -> asyncio.AbstractEventLoop:
    """One for the tests of the window."""
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application())
    _made.append(loop)
    return loop


def _knowing(process: Callable[[], None]) -> Callable[[], None]:
    def work_off() -> None:
        _made[:] = [one for one in _made if not one.is_closed()]
        if not _made or asyncio._get_running_loop() is not None:
            process()
            return
        asyncio._set_running_loop(_made[-1])
        try:
            process()
        finally:
            asyncio._set_running_loop(None)

    return work_off


plugin._process_events = _knowing(plugin._process_events)
