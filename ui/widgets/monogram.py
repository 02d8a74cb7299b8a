"""A calm tile with one or two letters."""

from __future__ import annotations

from zlib import crc32

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts, tokens
from ui.theme.style import palette


class Monogram(QWidget):
    """Letters on a colour that stays with the id; round for people, square for spaces."""

    def __init__(
        self,
        letters: str,
        seed: bytes,
        size: int = 40,
        *,
        circle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._letters = letters
        self._seed = seed
        self._size = fonts.px(size)
        self._circle = circle
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_letters(self, letters: str, seed: bytes) -> None:
        """Stand for something else."""
        self._letters = letters
        self._seed = seed
        self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, 0, self._size, self._size)
        paint_monogram(painter, box, self._letters, self._seed, circle=self._circle)
        painter.end()


def paint_monogram(
    painter: QPainter, box: QRectF, letters: str, seed: bytes, *, circle: bool = False
) -> None:
    """Draw a tile into `box`; lists use this for their rows."""
    p = palette()
    radius = box.width() / 2 if circle else min(8.0, box.width() / 5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(p.tiles[crc32(seed) % len(p.tiles)]))
    painter.drawRoundedRect(box, radius, radius)
    painter.setPen(QColor(p.on_tile))
    size = tokens.CAPTION if box.width() < fonts.px(36) else tokens.BODY
    painter.setFont(fonts.font(size, tokens.STRONG))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), letters)
