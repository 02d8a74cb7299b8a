"""Collects reference cycles on the window's thread only.

Python's collector runs in whichever thread happens to allocate. A widget that is part of a cycle
would then die in the database thread, while its timers are still registered with the window's:
the next one that fires ends the process. So the automatic collector is off while there is a
window, and a timer of the window does its work.

A full collection looks at every object there is, and with 100,000 exhibits on the list that is
some tenths of a second in which nothing is painted. So, as Python's own collector, it waits until
a quarter more objects lasted than after the one before. And what came in great numbers since the
last look is not looked at at all, but set aside: nearly all of it stays, and what does not is
freed without a collector. Cycles among it are collected while another program is in front, once
little of it is left (the list was closed, the program locked): the window may still be seen.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_EVERY_MS: Final = 250
_FULL: Final = 2
_SHARE: Final = 4
_REST: Final = 240  # looks between two counts of what was set aside: a minute
_IN_FRONT: Final = Qt.ApplicationState.ApplicationActive
MANY: Final = 50_000
"""Objects; to look at so many takes about ten milliseconds."""
BEARABLE: Final = 4 * MANY
_PATIENCE: Final = 2  # looks that wait in a row; then there is too much to look at in one turn
_ASKED: list[bool] = []


def later() -> None:
    """Something is being shown in turns that are full without a collection: wait a look or two."""
    _ASKED[:] = [True]


class Collector(QObject):
    """One per application; lives as long as it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        _ASKED.clear()
        self._lasting = self._since = 0  # objects, at the last full collection and since then
        self._young = 0  # of them, what only the collections of the youngest have looked at
        self._aside, self._rest, self._waited = False, 0, 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)

    def collect(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds."""
        waits = bool(_ASKED) and self._waited < _PATIENCE
        self._waited = self._waited + 1 if waits else 0
        _ASKED.clear()
        if waits:
            return
        counts, due = gc.get_count(), gc.get_threshold()
        if self._aside and QGuiApplication.applicationState() is not _IN_FRONT and self._few():
            gc.unfreeze()
            gc.collect(_FULL)
            gc.freeze()
            self._lasting, self._since, self._young, self._aside = 0, 0, 0, False
            return
        if counts[0] > MANY or self._young + counts[0] > 2 * MANY:
            gc.freeze()
            self._young, self._aside = 0, True
            return
        new = self._since + counts[0]  # made and not freed since the last collection
        for generation in (2, 1, 0):
            grown = generation < _FULL or _SHARE * new > self._lasting
            if counts[generation] > due[generation] and grown:
                went = gc.collect(generation)
                self._since = max(0, new - went)
                self._young = 0 if generation else max(0, self._young + counts[0] - went)
                if generation == _FULL:
                    self._lasting, self._since = self._lasting + self._since, 0
                return

    def _few(self) -> bool:
        """Whether little is left of what was set aside; to count it takes a while, too."""
        self._rest = (self._rest or _REST) - 1
        return self._rest == 0 and gc.get_freeze_count() <= BEARABLE
