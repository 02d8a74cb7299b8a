"""The F1 sheet, made from the table that binds the keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.shortcuts import KEYS
from ui.theme import tokens
from ui.widgets.keycap import Keycap
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class KeySheet(Sheet):
    """Every key and what it does."""

    wide = 520

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Keys")
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S5)
        grid.setVerticalSpacing(tokens.S2)
        group = ""
        for one in KEYS:
            if one.group != group:
                group = one.group
                grid.setRowMinimumHeight(grid.rowCount(), tokens.S2 if grid.count() else 0)
                grid.addWidget(Text(group, "overline"), grid.rowCount(), 0, 1, 2)
            at = grid.rowCount()
            grid.addWidget(Text(one.words, "body"), at, 0)
            grid.addWidget(Keycap(one.label), at, 1, Qt.AlignmentFlag.AlignRight)
        at = grid.rowCount()
        grid.addWidget(Text("Close a dialog", "body"), at, 0)
        grid.addWidget(Keycap("Esc"), at, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        self.body.addLayout(grid)
        self.cancel.setFocus()
