"""Tells readers what stands at the foot of a list that changes while one types."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from ui.widgets.saying import tell

REST_MS: Final = 1_500  # no sooner than the window speaks by itself: ui/announcing.py


class Resting(QTimer):
    """Says words once they have stayed the same for a moment (WCAG 4.1.3).

    Args:
        source: what they are about; out of sight it says nothing.
    """

    def __init__(self, source: QWidget) -> None:
        super().__init__(source)
        self._source = source
        self._words = ""
        self.setSingleShot(True)
        self.setInterval(REST_MS)
        self.timeout.connect(self._tell)

    def stands(self, words: str) -> None:
        """It stands like this now; empty: nothing is to be said."""
        if words == self._words:
            return
        self._words = words
        if words:
            self.start()
        else:
            self.stop()

    def _tell(self) -> None:
        if self._source.isVisible():
            tell(self._source, self._words)
