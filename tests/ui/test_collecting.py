"""Widgets die on the window's thread, whoever allocates meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.application import application
from ui.collecting import BEARABLE, MANY, Collector, later


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


def test_a_full_collection_waits_until_a_quarter_more_objects_lasted(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 100,000 exhibits shown each stands the window for tenths of a second."""
    collector, made, done = Collector(qapp), 0, list[int]()

    def collect(generation: int) -> int:
        done.append(generation)
        return 0

    monkeypatch.setattr(gc, "collect", collect)
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "get_count", lambda: (made, 0, 11))
    for made in (40_000, 1_000, 8_800, 2_000, 800):  # noqa: B007 - `get_count` reads it
        collector.collect()
    collector.deleteLater()

    assert done == [2, 0, 0, 2, 0]


def test_what_came_in_great_numbers_is_looked_at_when_nobody_looks_and_little_is_left(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window may be seen beside the one that is in front: with all of it there it waits."""
    collector, done, made, aside = Collector(qapp), list[str](), 0, BEARABLE + 1
    state = Qt.ApplicationState.ApplicationActive

    def collect(generation: int) -> int:
        done.append(f"collect {generation}")
        return 0

    monkeypatch.setattr(QGuiApplication, "applicationState", lambda: state)
    monkeypatch.setattr(gc, "get_count", lambda: (made, 0, 0))
    monkeypatch.setattr(gc, "get_freeze_count", lambda: aside)
    monkeypatch.setattr(gc, "collect", collect)
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: done.append("unfreeze"))

    for made in (MANY + 1, 0):  # noqa: B007 - `get_count` reads it
        collector.collect()
    aside = BEARABLE
    looks(collector, 1_000)
    assert done == ["freeze"]

    state, aside = Qt.ApplicationState.ApplicationInactive, BEARABLE + 1
    looks(collector, 1_000)
    assert done == ["freeze"]

    aside = BEARABLE
    looks(collector, 1_000)
    collector.deleteLater()
    assert done == ["freeze", "unfreeze", "collect 2", "freeze"]


def test_what_came_in_small_numbers_is_not_looked_at_all_at_once(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long list comes in slices; ten young generations of it would be looked at in one go."""
    collector, done = Collector(qapp), list[str]()

    def collect(generation: int) -> int:
        done.append(str(generation))
        return 0

    monkeypatch.setattr(gc, "get_count", lambda: (MANY - 1, 0, 0))
    monkeypatch.setattr(gc, "collect", collect)
    monkeypatch.setattr(gc, "freeze", lambda: done.append("aside"))

    looks(collector, 6)
    collector.deleteLater()

    assert done == ["0", "0", "aside", "0", "0", "aside"]


def looks(collector: Collector, times: int) -> None:
    for _ in range(times):
        collector.collect()


def test_while_something_is_shown_a_look_waits_but_never_for_long(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector, done = Collector(qapp), list[int]()

    def collect(generation: int) -> int:
        done.append(generation)
        return 0

    monkeypatch.setattr(gc, "collect", collect)
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "get_count", lambda: (1_000, 0, 0))
    try:
        looks = []
        for shown in (False, True, False, True, True, True, True, True, True):
            if shown:
                later()
            collector.collect()
            looks.append(len(done))
        assert looks == [1, 1, 2, 2, 2, 3, 3, 3, 4]
    finally:
        collector.deleteLater()
