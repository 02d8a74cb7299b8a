"""Widgets die on the window's thread, whoever allocates meanwhile."""

from __future__ import annotations

import threading
import weakref

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.application import application
from ui.collecting import Collector


class _Knot(QObject):
    """Holds itself, as a widget does whose button calls a method of it."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


def test_a_busy_thread_collects_no_object_of_the_window(qapp: QApplication) -> None:
    application()
    gone: list[str] = []
    knot = _Knot()
    weakref.finalize(knot, lambda: gone.append(threading.current_thread().name))
    del knot

    busy = threading.Thread(target=lambda: [[n] for n in range(400_000)])
    busy.start()
    busy.join()
    assert gone == []

    collector = qapp.property("collector")
    assert isinstance(collector, Collector)
    for _ in range(40):
        _fill = [[n] for n in range(2_000)]
        collector.collect()

    assert gone == [threading.main_thread().name]
