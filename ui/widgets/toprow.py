"""Which row of a list stands at the top, by its key: noted, and brought back there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer
from PySide6.QtWidgets import QAbstractItemView


class TopRow(QObject):
    """The place of a person in one list.

    Args:
        key_of: the key of a row; row_of: where a key stands, below 0: it is not in the list.
    """

    def __init__(
        self,
        view: QAbstractItemView,
        key_of: Callable[[int], str],
        row_of: Callable[[str], int],
    ) -> None:
        super().__init__(view)
        self._view, self._key_of, self._row_of = view, key_of, row_of
        self._wanted = ""
        view.installEventFilter(self)

    @property
    def waits(self) -> bool:
        """Whether it is still to be brought there."""
        return bool(self._wanted)

    def key(self) -> str:
        """What stands at the top; empty: the beginning of the list."""
        if self._wanted:
            return self._wanted  # nobody has seen it yet
        if self._view.verticalScrollBar().value() == 0:
            return ""
        at = self._view.indexAt(QPoint(1, 1))
        return self._key_of(at.row()) if at.isValid() else ""

    def go(self, key: str) -> None:
        """Bring a row to the top, as soon as the list is on the screen."""
        self._wanted = key
        if key and self._view.isVisible():
            QTimer.singleShot(0, self, self._reach)

    def _reach(self) -> None:
        key, self._wanted = self._wanted, ""
        row = self._row_of(key) if key else -1
        if row >= 0:
            self._view.doItemsLayout()  # or the scroll bar knows nothing of the rows yet
            self._view.scrollTo(
                self._view.model().index(row, 0), QAbstractItemView.ScrollHint.PositionAtTop
            )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It comes onto the screen."""
        if event.type() == QEvent.Type.Show and self._wanted:
            QTimer.singleShot(0, self, self._reach)
        return False
