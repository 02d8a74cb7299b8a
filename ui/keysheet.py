"""The sheet of all keys, made from the table that binds the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
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
_BESIDE: Final = 160  # px at 100 %, what a column and the sheet need besides words and keys
_BETWEEN: Final = 2  # px


class KeySheet(Sheet):
    """Every key and what it does; `alone` when letters and digits are switched on or off."""

    alone = Signal(bool)
    wide = 480

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Keyboard shortcuts"))
        columns = _fitting(parent.window().width())
        grids = [self._grid() for _ in columns]
        for group, rows in groups():
            at = _column_of(group, columns)
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


def _fitting(room: int) -> Sequence[Sequence[str]]:
    """As many columns as have room, in the language of the window."""
    wide = QFontMetrics(fonts.font()).horizontalAdvance
    for count in (3, 2):
        columns, needs = _COLUMNS[:count], [0] * count
        for group, rows in groups():
            at = _column_of(group, columns)
            needs[at] = max(needs[at], *(wide(tr(one.words)) + wide(one.label) for one in rows))
        if sum(needs) + count * fonts.px(_BESIDE) <= room:
            return columns
    return _COLUMNS[:1]


def _column_of(group: str, columns: Sequence[Sequence[str]]) -> int:
    return next((i for i, one in enumerate(columns[:-1]) if group in one), len(columns) - 1)


def _group(grid: QGridLayout, name: str, keys: list[tuple[str, str]]) -> None:
    if grid.count():
        grid.setRowMinimumHeight(grid.rowCount(), tokens.S3)
    grid.addWidget(Text(name, "overline"), grid.rowCount(), 0, 1, 2)
    for words, label in keys:
        at = grid.rowCount()
        grid.addWidget(Text(words, "body"), at, 0)
        grid.addWidget(Keycap(label), at, 1, Qt.AlignmentFlag.AlignRight)
