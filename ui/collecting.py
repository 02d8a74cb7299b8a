"""Collects reference cycles on the window's thread only.

Python's collector runs in whichever thread happens to allocate. A widget that is part of a cycle
would then die in the database thread, while its timers are still registered with the window's:
the next one that fires ends the process. So the automatic collector is off while there is a
window, and a timer of the window does its work.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 1_000


class Collector(QObject):
    """One per application; lives as long as it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(_EVERY_MS)

    def collect(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds."""
        counts, due = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > due[generation]:
                gc.collect(generation)
                return
