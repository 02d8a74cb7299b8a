"""The sheet of all keys, made from the table that binds the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ui.language import tr
from ui.shortcuts import KEYS
from ui.theme import tokens
from ui.widgets.keycap import Keycap
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class KeySheet(Sheet):
    """Every key and what it does."""

    wide = 860

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Keyboard shortcuts"))
        grids = [self._grid(), self._grid()]
        groups = list(dict.fromkeys(one.group for one in KEYS))
        for at, group in enumerate(groups):
            _group(
                grids[min(at, 1)],
                tr(group),
                [(tr(one.words), one.label) for one in KEYS if one.group == group and one.row],
            )
        _group(grids[1], tr("In a dialog"), [(tr("Close it"), "Esc")])
        across = row(spacing=tokens.S6)
        for grid in grids:
            side = QVBoxLayout()
            side.addLayout(grid)
            side.addStretch(1)
            across.addLayout(side, 1)
        self.body.addLayout(across)
        self.cancel.setFocus()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S5)
        grid.setVerticalSpacing(tokens.S2)
        grid.setColumnStretch(0, 1)
        return grid


def _group(grid: QGridLayout, name: str, keys: list[tuple[str, str]]) -> None:
    if grid.count():
        grid.setRowMinimumHeight(grid.rowCount(), tokens.S2)
    grid.addWidget(Text(name, "overline"), grid.rowCount(), 0, 1, 2)
    for words, label in keys:
        at = grid.rowCount()
        grid.addWidget(Text(words, "body"), at, 0)
        grid.addWidget(Keycap(label), at, 1, Qt.AlignmentFlag.AlignRight)
