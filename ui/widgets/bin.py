"""Takes widgets away a few at a time: three hundred rows destroyed in one turn stop the window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

_AT_ONCE: Final = 8
"""Rows of a conversation are destroyed in half a millisecond each."""
_HIDDEN: Final = 50
"""So many are hidden at once, in a tenth of a millisecond each; more are put out of sight."""
_FAR: Final = -1_000_000


class Bin(QObject):
    """What is thrown in is out of sight now and destroyed in the next turns, or with the parent."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._some)

    def throw(self, widget: QWidget) -> None:
        """Take a widget away; whoever had it lets go of it."""
        if len(self._left) < _HIDDEN:
            widget.hide()
        else:
            widget.move(0, _FAR)
        self._left.append(widget)
        self._timer.start()

    def _some(self) -> None:
        for widget in self._left[:_AT_ONCE]:
            widget.hide()  # one destroyed while shown tells filters in Python of half a widget
            widget.deleteLater()
        del self._left[:_AT_ONCE]
        if not self._left:
            self._timer.stop()
