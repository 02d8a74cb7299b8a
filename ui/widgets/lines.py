"""Lines of text in a painted row, and row heights that follow density and text size."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF
from PySide6.QtWidgets import QTableView

from ui.theme import fonts
from ui.theme.style import density, theme


def row_height(what: str) -> int:
    """The height of a row, named as in `Density`, in pixels."""
    return fonts.px(getattr(density(), what))


def stacked(box: QRectF, *heights: int) -> list[QRectF]:
    """Boxes of these heights (px at 100 %) below each other, in the middle of `box`."""
    high = [fonts.px(one) for one in heights]
    top = round(box.top() + (box.height() - sum(high)) / 2)
    made = []
    for one in high:
        made.append(QRectF(box.left(), top, box.width(), one))
        top += one
    return made


class RowHeight(QObject):
    """Keeps the rows of a table as high as the density says."""

    def __init__(self, table: QTableView, what: str) -> None:
        super().__init__(table)
        self._table = table
        self._what = what
        self._follow()
        theme().changed.connect(self._follow)

    def _follow(self) -> None:
        self._table.verticalHeader().setDefaultSectionSize(row_height(self._what))
