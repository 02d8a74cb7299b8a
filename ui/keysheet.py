"""The sheet of all keys, made from the table that binds the keys."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from ui.bound import letters
from ui.language import tr
from ui.shortcuts import groups
from ui.theme import tokens
from ui.widgets.keycap import Keycap
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_LEFT: Final = 2  # groups on the left; there are more rows in each of them


class KeySheet(Sheet):
    """Every key and what it does; `alone` when letters and digits are switched on or off."""

    alone = Signal(bool)
    wide = 860

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Keyboard shortcuts"))
        grids = [self._grid(), self._grid()]
        for at, (group, rows) in enumerate(groups()):
            _group(
                grids[0 if at < _LEFT else 1],
                tr(group),
                [(tr(one.words), one.label) for one in rows],
            )
        across = row(spacing=tokens.S6)
        for grid in grids:
            side = QVBoxLayout()
            side.addLayout(grid)
            side.addStretch(1)
            across.addLayout(side, 1)
        self.body.addLayout(across)
        self.letters = QCheckBox(tr("Letters and digits alone are shortcuts, too"))
        self.letters.setToolTip(tr("Never while you type. Off, only those with Ctrl or Alt work."))
        self.letters.setChecked(letters.on)
        self.letters.toggled.connect(self.alone)
        self.body.addWidget(self.letters)
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
