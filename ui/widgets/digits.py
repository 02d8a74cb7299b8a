"""Sixty digits in twelve groups of five, large enough to read aloud."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout

from ui.language import tr
from ui.theme import fonts, tokens
from ui.widgets.panel import Panel
from ui.widgets.text import Text


class Digits(Panel):
    """Groups in a grid of four columns."""

    def __init__(self, groups: tuple[str, ...] = ()) -> None:
        super().__init__("card", margin=tokens.S4)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(tokens.S5)
        self._grid.setVerticalSpacing(tokens.S2)
        self.column.addLayout(self._grid)
        self._cells: list[Text] = []
        self.groups: tuple[str, ...] = ()
        for index in range(12):
            cell = Text("", "mono")
            cell.setFont(fonts.mono(22, tokens.MEDIUM))
            cell.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._cells.append(cell)
            self._grid.addWidget(cell, index // 4, index % 4)
        self.show_groups(groups)

    def show_groups(self, groups: tuple[str, ...]) -> None:
        """Show other digits."""
        self.groups = groups
        for index, cell in enumerate(self._cells):
            cell.setText(groups[index] if index < len(groups) else "")
        self.setAccessibleName(tr("Safety number: {digits}", digits=", ".join(groups)))
