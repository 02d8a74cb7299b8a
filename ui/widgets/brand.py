"""The mark of the program."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import icons
from ui.theme.style import palette


class Brand(QWidget):
    """A tile with a court house."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        _paint(painter, self._size, self.devicePixelRatioF())
        painter.end()


def window_icon() -> QIcon:
    """The mark for the window and the task bar."""
    made = QIcon()
    for size in (16, 32, 64, 128):
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        _paint(painter, size, 1.0)
        painter.end()
        made.addPixmap(picture)
    return made


def _paint(painter: QPainter, size: int, ratio: float) -> None:
    p = palette()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(p.accent))
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.24, size * 0.24)
    inner = round(size * 0.62)
    picture = icons.pixmap("landmark", p.on_accent, inner, ratio)
    painter.drawPixmap((size - inner) // 2, (size - inner) // 2, picture)
