"""A label that shows characters, never markup."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


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
        self.setProperty("text", style)
        self.setText(words)
        if wrap:
            self.setWordWrap(True)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.setCursor(Qt.CursorShape.IBeamCursor)

    def restyle(self, style: str) -> None:
        """Change the style of a label that is shown already."""
        if self.property("text") != style:
            self.setProperty("text", style)
            self.style().unpolish(self)
            self.style().polish(self)
