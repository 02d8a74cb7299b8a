"""A QR code painted from its modules, dark on light in both schemes so that cameras read it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import tokens

_QUIET = 4


class Qr(QWidget):
    """`modules` is a square of booleans, true for dark."""

    def __init__(self, name: str, size: int = 196) -> None:
        super().__init__()
        self._size = size
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_modules(self, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Show another code."""
        self._modules = modules
        self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw modules aligned to whole pixels, with the quiet zone of the standard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.LIGHT.surface))
        painter.drawRoundedRect(QRectF(self.rect()), tokens.RADIUS_CARD, tokens.RADIUS_CARD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        count = len(self._modules) + 2 * _QUIET
        step = self._size // count if self._modules else 0
        start = (self._size - step * len(self._modules)) // 2
        ink = QColor(tokens.LIGHT.text)
        for y, line in enumerate(self._modules):
            for x, dark in enumerate(line):
                if dark:
                    painter.fillRect(start + x * step, start + y * step, step, step, ink)
        painter.end()
