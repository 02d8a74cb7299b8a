"""What the rows of a conversation stand on: one below the other, each as high as it says.

No layout of Qt's: that one asks every row for all of its sizes, some at several widths, whenever
one of them changed, which for three hundred rows takes longer than a person waits for a key. Here
each is asked for its height at the one width there is, and only those that moved are placed anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ui.watching import unseen

_UNPLACED: Final = (-1, -1, -1)


@dataclass(eq=False, slots=True)
class _Spot:
    """Where a row stands: its place is y, width, height in px; `fresh`: not shown yet."""

    row: QWidget
    place: tuple[int, int, int] = _UNPLACED
    fresh: bool = True


class Ground(QWidget):
    """The rows, oldest first, between a head and a foot; few rows stand at the lower end.

    `laid` is told after every row has its place.

    No event filter on a row or on this: one in Python is asked about widgets that are just being
    destroyed, and makes objects for them that outlive them (the process then ends by SIGSEGV).
    """

    laid = Signal()

    def __init__(self, *, below: int) -> None:
        super().__init__()
        self._below = below  # px of air under everything
        self._room = QSize(0, 0)
        self._spots: list[_Spot] = []
        self.ends: tuple[QWidget, ...] = ()
        self._asker = QWidget(self)  # never shown
        asks = self._asker.sizePolicy()
        asks.setRetainSizeWhenHidden(True)
        self._asker.setSizePolicy(asks)
        self._asker.hide()

    def between(self, head: QWidget, foot: QWidget) -> None:
        """Stand what is above all rows, and below them: in the middle, where they are shown."""
        self.ends = (head, foot)
        for one in self.ends:
            one.setParent(self)

    def fit(self, room: QSize) -> None:
        """So much of it is in sight: as wide as that, and at least as high."""
        if room != self._room:
            self._room = QSize(room)
            self.lay()

    def stand(self, at: int, row: QWidget) -> None:
        """One more row, the `at`-th; it is shown when it has its place."""
        row.setParent(self)
        last = at >= len(self._spots)
        row.stackUnder(self.ends[-1] if last else self._spots[at].row)  # as readers go through
        self._spots.insert(at, _Spot(row))
        self._ask()

    def let_go(self, row: QWidget) -> None:
        """A row stands here no longer; it stays a child until somebody destroys it."""
        at = next(at for at, one in enumerate(self._spots) if one.row is row)
        del self._spots[at]
        self._ask()

    def _ask(self) -> None:
        """By an event of Qt's own: one made in Python may be gone while Python still has it."""
        if self.isVisible():
            self._asker.updateGeometry()
        else:
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))

    def lay(self) -> None:
        """Give every row its place now."""
        if (width := self._room.width()) > 0:
            with unseen():
                self._lay(width)
            self.laid.emit()

    def _lay(self, width: int) -> None:
        heights = [_height(one.row, width) for one in self._spots]
        head, foot = (_size(one) for one in self.ends)
        rows = sum(heights)
        whole = max(head.height() + rows + foot.height() + self._below, self._room.height())
        end = whole - self._below - foot.height()
        y = end - rows
        for spot, height in zip(self._spots, heights, strict=True):
            self._place(spot, (y, width, height))
            y += height
        for one, size, top in zip(self.ends, (head, foot), (0, end), strict=True):
            one.setGeometry((width - size.width()) // 2, top, size.width(), size.height())
        self.resize(width, whole)

    def _place(self, spot: _Spot, place: tuple[int, int, int]) -> None:
        if spot.place != place:
            before, spot.place = spot.place, place
            if before[1:] == place[1:]:
                spot.row.move(0, place[0])
            else:
                spot.row.setGeometry(0, *place)
        if spot.fresh:
            spot.fresh = False
            spot.row.show()

    def event(self, event: QEvent) -> bool:
        """A row needs another height, or there are others."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.lay()
        return done

    def showEvent(self, event: QShowEvent) -> None:
        """What was hidden could not ask."""
        super().showEvent(event)
        self.lay()


def _height(row: QWidget, width: int) -> int:
    height = row.heightForWidth(width)
    if height < 0:
        height = row.sizeHint().height()
    return max(row.minimumHeight(), min(height, row.maximumHeight()))


def _size(end: QWidget) -> QSize:
    return QSize(0, 0) if end.isHidden() else end.sizeHint()
