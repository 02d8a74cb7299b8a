"""Drawn by hand, and heard as a label: a plain widget is filler to a screen reader."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


class Painted(QLabel):
    """Base of what paints its own words; `setAccessibleName` says what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
