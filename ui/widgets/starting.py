"""What the window shows while the client itself is being loaded: its mark, in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import tokens
from ui.widgets.brand import Brand
from ui.widgets.text import Text


class Starting(QWidget):
    """Mark and one word, centred."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setAccessibleName(words)
        column = QVBoxLayout(self)
        column.setSpacing(tokens.S3)
        column.addStretch(3)
        column.addWidget(Brand(56), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(Text(words, "secondary"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(4)
