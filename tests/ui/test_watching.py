"""Filters that see every event of the program."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

from ui.watching import leave, unseen, watch


class Seeing(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        self.seen += event.type() == QEvent.Type.User
        return False


def happen(app: QApplication, times: int) -> None:
    for _ in range(times):
        QCoreApplication.sendEvent(app, QEvent(QEvent.Type.User))


def test_a_watcher_sees_everything_but_what_the_program_does_unseen(qapp: QApplication) -> None:
    watcher = Seeing()
    watch(watcher)

    happen(qapp, 1)
    with unseen():
        happen(qapp, 10)
        with unseen():
            happen(qapp, 10)
        happen(qapp, 10)
    happen(qapp, 2)

    assert watcher.seen == 3
    leave(watcher)


def test_who_left_sees_nothing_more_also_if_it_left_unseen(qapp: QApplication) -> None:
    watcher, other = Seeing(), Seeing()
    watch(watcher)
    watch(other)

    with unseen():
        leave(watcher)
    happen(qapp, 1)

    assert (watcher.seen, other.seen) == (0, 1)
    leave(other)
