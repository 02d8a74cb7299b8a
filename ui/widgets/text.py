"""A label that shows characters, never markup."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

HEADINGS: Final = frozenset({"title", "lead", "overline"})
"""Styles of titles; `headings.py` tells readers that they are."""


class Text(QLabel):
    """Plain text in one of the styles of `theme/sheet.py` ("body", "title", "caption", ...)."""

    def __init__(
        self,
        words: str = "",
        style: str = "body",
        *,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", style)
        self.setText(words)
        if wrap:
            self.setWordWrap(True)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.setCursor(Qt.CursorShape.IBeamCursor)

    def restyle(self, style: str) -> None:
        """Change the style of a label that is shown already."""
        if self.property("look") != style:
            self.setProperty("look", style)
            self.style().unpolish(self)
            self.style().polish(self)

    def setText(self, words: str) -> None:
        """Show other words, and ask for the height they need."""
        if words != self.text():
            super().setText(words)
            if self.property("look") in HEADINGS:  # Qt asks no label for its words then
                self.setAccessibleName(words)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height the words need at this width: nested layouts do not always ask."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self.wordWrap() and self.width() > 40:
            needed = self.heightForWidth(self.width())
            if needed > 0 and needed != self.minimumHeight():
                self.setMinimumHeight(needed)
