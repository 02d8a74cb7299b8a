"""A box for one long line that nobody types: an invitation, an offer to link."""

from __future__ import annotations

from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from ui.theme import fonts


class PastedLine(QPlainTextEdit):
    """Breaks anywhere: such a line has no words, and its first letters say what it is."""

    def __init__(self, name: str, placeholder: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setFixedHeight(96)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setFont(fonts.mono())
