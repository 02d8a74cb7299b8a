"""Which columns of the list of exhibits are shown, and how wide: chosen in a menu, by any hand."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from ui.evidence.model import COLUMNS
from ui.evidence.state import Column
from ui.language import tr
from ui.theme import fonts

WIDTHS: Final = {
    Column.NUMBER: 140,
    Column.NAME: 220,
    Column.SIZE: 84,
    Column.STATE: 196,
    Column.REVIEW: 118,
    Column.VERIFIED: 104,
    Column.SEIZED: 196,
    Column.PLACE: 140,
    Column.AUTHORITY: 160,
    Column.MARKS: 140,
    Column.TYPE: 140,
}
"""Of the columns as long as nobody chose others, in px at 100 %."""
ALWAYS: Final = frozenset({Column.NUMBER, Column.NAME})
_ROOM: Final = {Column.SIZE: 878, Column.REVIEW: 760, Column.VERIFIED: 640, Column.STATE: 0}
"""From which width of the list on a column is shown that nobody chose, or put away."""
_SIZES: Final = (("Narrow", 0.7), ("Medium", 1.0), ("Wide", 1.7))
_STRETCH: Final = QHeaderView.ResizeMode.Stretch
_FREE: Final = QHeaderView.ResizeMode.Interactive


class ColumnChoice:
    """What a person chose; of the rest, what there is room for."""

    def __init__(self, table: QTableView) -> None:
        self._table = table
        self.chosen: dict[Column, bool] = {}
        for at, column in enumerate(COLUMNS):
            table.setColumnWidth(at, fonts.px(WIDTHS[column]))
        self.fit()

    def shown(self, column: Column) -> bool:
        """Whether it is shown in the room there is now."""
        taken = sum(
            WIDTHS[one] if yes else -WIDTHS[one]
            for one, yes in self.chosen.items()
            if yes != (one in _ROOM)
        )
        wide = self._table.viewport().width()
        there = column in _ROOM and wide >= fonts.px(_ROOM[column] + taken)
        return column in ALWAYS or self.chosen.get(column, there)

    def fit(self) -> None:
        """Show them; the name takes the rest, and where there is none the list moves sideways."""
        for at, column in enumerate(COLUMNS):
            if self._table.isColumnHidden(at) == self.shown(column):
                self._table.setColumnHidden(at, not self.shown(column))
        header, name = self._table.horizontalHeader(), COLUMNS.index(Column.NAME)
        others = sum(header.sectionSize(at) for at in range(len(COLUMNS)) if at != name)
        least = fonts.px(WIDTHS[Column.NAME])
        mode = _STRETCH if self._table.viewport().width() >= others + least else _FREE
        if not any(self.chosen.values()):
            mode = _STRETCH  # a narrow window alone takes from the name
        if header.sectionResizeMode(name) != mode:
            header.setSectionResizeMode(name, mode)
            if mode == _FREE:
                header.resizeSection(name, least)

    def choose(self, column: Column, yes: bool) -> None:
        """Show a column, or put it away, in whatever room there is."""
        self.chosen[column] = yes
        self.fit()

    def widen(self, column: Column, share: float, _checked: bool = False) -> None:
        """Make it so many times as wide as it is made for."""
        self._table.setColumnWidth(COLUMNS.index(column), fonts.px(int(WIDTHS[column] * share)))
        self.fit()

    def forget(self, _checked: bool = False) -> None:
        """As it was before anybody chose."""
        self.chosen.clear()
        for at, column in enumerate(COLUMNS):
            if column is not Column.NAME:
                self._table.setColumnWidth(at, fonts.px(WIDTHS[column]))
        self.fit()

    def offer(self, menu: QMenu) -> None:
        """Into a menu: which there are, and how wide each is."""
        columns, widths = menu.addMenu(tr("Columns")), menu.addMenu(tr("Width of a column"))
        for column in COLUMNS:
            if column not in ALWAYS:
                self._tick(columns.addAction(tr(column.value)), column)
            if column is not Column.NAME and self.shown(column):
                self._offer_widths(widths.addMenu(tr(column.value)), column)
        columns.addSeparator()
        columns.addAction(tr("As they were made")).triggered.connect(self.forget)

    def _tick(self, action: QAction, column: Column) -> None:
        action.setCheckable(True)
        action.setChecked(self.shown(column))
        action.toggled.connect(partial(self.choose, column))

    def _offer_widths(self, menu: QMenu, column: Column) -> None:
        now = self._table.columnWidth(COLUMNS.index(column))
        for word, share in _SIZES:
            action = menu.addAction(tr(word))
            action.setCheckable(True)
            action.setChecked(now == fonts.px(int(WIDTHS[column] * share)))
            action.triggered.connect(partial(self.widen, column, share))
