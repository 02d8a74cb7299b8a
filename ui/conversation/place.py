"""A scrolling column of rows that grows at both ends while the eye keeps its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.conversation.state import TimelineRow
from ui.theme import tokens


class Place(QScrollArea):
    """Where in the rows a person is, over all changes of their heights.

    `growing` says whether rows are still being built above what is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._hold: int | None = 0
        self.verticalScrollBar().rangeChanged.connect(self._range_changed)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def growing(self) -> bool:
        """Whether rows are still being built."""
        return False

    def to_end(self) -> None:
        """To the newest message."""
        self._hold = 0
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def to_row(self, view: QWidget) -> None:
        """Bring a row into the middle."""
        self._hold = None
        inside = self.widget()
        if inside is not None and (layout := inside.layout()) is not None:
            layout.activate()  # where it will stand, not where it stood
        self.ensureWidgetVisible(view, 0, max(0, (self.viewport().height() - view.height()) // 2))

    def keep_place(self) -> None:
        """Before rows come or go."""
        bar = self.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        self._hold = 0 if from_end <= tokens.S5 else from_end if self.growing() else None

    def _range_changed(self, _low: int, high: int) -> None:
        if self._hold is not None:
            self.verticalScrollBar().setValue(high - self._hold)

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if self._hold is not None and not self.growing() and bar.maximum() - value > tokens.S5:
            self._hold = None


def place_of(key: str, rows: Sequence[TimelineRow], order: Sequence[str]) -> int:
    """Where a row stands among those already built: found from its end, where rows grow."""
    after = False
    built = set(order)
    for item in reversed(rows):
        if item.key == key:
            after = True
        elif after and item.key in built:
            return order.index(item.key) + 1
    return 0
