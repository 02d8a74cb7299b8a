"""A scrolling column of rows that grows at both ends while the eye keeps its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.conversation.ground import Ground
from ui.conversation.state import TimelineRow
from ui.theme import tokens


class Place(QScrollArea):
    """Where in the rows a person is, over all changes of their heights.

    `growing` says whether rows are still being built above what is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ground = Ground(below=tokens.S4)
        self.ground.laid.connect(self._follow)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._hold: int | None = 0
        self._goal, self._quiet, self._top = "", False, False
        self._top_row: QWidget | None = None  # stays at the upper edge until somebody scrolls
        self._following = False
        self._gone = 0  # px at the end that went, and are still counted
        self.verticalScrollBar().rangeChanged.connect(self._range_changed)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    def growing(self) -> bool:
        """Whether rows are still being built."""
        return False

    def view_of(self, key: str) -> QWidget | None:
        """The row of a key, if it is built."""
        return None

    def picked(self, view: Any) -> None:
        """The keyboard goes to a row."""

    @property
    def waits(self) -> bool:
        """Whether a row that was asked for is not in sight yet."""
        return bool(self._goal)

    def go_to(self, key: str, *, quiet: bool = False, top: bool = False) -> None:
        """Bring a row into sight and, if not `quiet`, the keyboard to it, once it is built.

        `top`: to the upper edge, as soon as the conversation is on the screen.
        """
        self._goal, self._quiet, self._top = key, quiet, top
        if not self.growing():
            QTimer.singleShot(0, self, self.reach)

    def reach(self) -> None:
        """Go to the row that was asked for, if it is there."""
        view = self.view_of(self._goal) if self._goal else None
        if view is None or (self._top and not self.isVisible()):
            return
        self._goal = ""
        if not self._quiet:
            self.setFocus()
            self.picked(view)
        go = self.to_top if self._top else self.to_row
        QTimer.singleShot(0, view, lambda: go(view))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rows are as wide as what is seen of them."""
        super().resizeEvent(event)
        self.ground.fit(self.viewport().size())

    def showEvent(self, event: QShowEvent) -> None:
        """Where it was left, now that there is a height to go by."""
        super().showEvent(event)
        if self._goal and not self.growing():
            QTimer.singleShot(0, self, self.reach)

    def to_end(self) -> None:
        """To the newest message."""
        self._let_go()
        self._hold = 0
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def to_row(self, view: QWidget) -> None:
        """Bring a row into the middle."""
        self._let_go()
        self._hold = None
        self.ground.lay()  # where it will stand, not where it stood
        self.ensureWidgetVisible(view, 0, max(0, (self.viewport().height() - view.height()) // 2))

    def to_top(self, view: QWidget) -> None:
        """Bring a row to the upper edge, and keep it there until somebody scrolls.

        What stands above it gets its true height only in the turns after it was shown.
        """
        self._let_go()
        self._hold = None
        self.ground.lay()
        self._top_row = view
        self._follow()

    def _follow(self) -> None:
        """The row at the upper edge was moved by what grew or shrank above it."""
        if self._top_row is not None:
            self._following = True
            self.verticalScrollBar().setValue(self._top_row.y())
            self._following = False

    def _let_go(self) -> None:
        self._top_row = None

    @property
    def at_end(self) -> bool:
        """Whether the newest row is in sight."""
        bar = self.verticalScrollBar()
        return bar.maximum() - bar.value() <= tokens.S5

    def keep_place(self) -> None:
        """Before rows come or go."""
        bar = self.verticalScrollBar()
        from_end = bar.maximum() - bar.value() - self._gone
        if from_end <= tokens.S5:
            self._let_go()
        above = self.growing() and self._top_row is None
        self._hold = 0 if from_end <= tokens.S5 else from_end if above else None

    def goes(self, view: QWidget) -> None:
        """A row is taken away now: what stands above it stays where it is."""
        if view is self._top_row:
            self._let_go()
        if view.y() > self.verticalScrollBar().value():
            self._gone += view.height()

    def _range_changed(self, _low: int, high: int) -> None:
        self._gone = 0
        if self._hold is not None:
            self.verticalScrollBar().setValue(high - self._hold)
        else:
            self._follow()

    def _scrolled(self, value: int) -> None:
        if not self._following:
            self._let_go()
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
