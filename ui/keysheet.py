"""The sheet of all keys, made from the table that binds the keys."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from ui.bound import letters
from ui.language import tr
from ui.shortcuts import groups
from ui.theme import fonts, tokens
from ui.widgets.keycap import Keycap
from ui.widgets.panel import row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_COLUMNS: Final = (("Everywhere",), ("In the conversation", "In the list of exhibits"), ())
"""Which groups stand in which column; the last one takes all others."""
_NEEDED: Final = (0, 880, 1180)  # px at 100 % of the window, for so many columns
_BETWEEN: Final = 2  # px


class KeySheet(Sheet):
    """Every key and what it does; `alone` when letters and digits are switched on or off."""

    alone = Signal(bool)
    wide = 480

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Keyboard shortcuts"))
        room = parent.window().width()
        columns = _COLUMNS[: sum(room >= fonts.px(one) for one in _NEEDED)]
        grids = [self._grid() for _ in columns]
        for group, rows in groups():
            at = next((i for i, one in enumerate(columns[:-1]) if group in one), len(columns) - 1)
            _group(grids[at], tr(group), [(tr(one.words), one.label) for one in rows])
        across = row(spacing=tokens.S6)
        for grid in grids:
            side = QVBoxLayout()
            side.addLayout(grid)
            side.addStretch(1)
            across.addLayout(side, 1)
        self.letters = QCheckBox(tr("Letters and digits alone are shortcuts, too"))
        self.letters.setToolTip(tr("Never while you type. Off, only those with Ctrl or Alt work."))
        self.letters.setChecked(letters.on)
        self.letters.toggled.connect(self.alone)
        self.body.addWidget(self.letters)
        self.body.addLayout(across)
        self._middle.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # arrows scroll it in a low window
        self._middle.setAccessibleName(tr("Keyboard shortcuts"))
        self.cancel.setFocus()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S5)
        grid.setVerticalSpacing(_BETWEEN)
        grid.setColumnStretch(0, 1)
        return grid


def _group(grid: QGridLayout, name: str, keys: list[tuple[str, str]]) -> None:
    if grid.count():
        grid.setRowMinimumHeight(grid.rowCount(), tokens.S3)
    grid.addWidget(Text(name, "overline"), grid.rowCount(), 0, 1, 2)
    for words, label in keys:
        at = grid.rowCount()
        grid.addWidget(Text(words, "body"), at, 0)
        grid.addWidget(Keycap(label), at, 1, Qt.AlignmentFlag.AlignRight)
