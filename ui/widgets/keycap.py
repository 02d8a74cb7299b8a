"""A key, drawn as a key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.crisp import paint_frame
from ui.widgets.painted import Painted


class Keycap(Painted):
    """A small rounded box with the name of a key or a chord."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as the label."""
        face = QFontMetrics(fonts.font(tokens.CAPTION, tokens.STRONG))
        return QSize(max(26, face.horizontalAdvance(self._label) + 16), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and the label."""
        painter = QPainter(self)
        _draw(painter, QRectF(self.rect()), self._label)
        painter.end()


def paint_keycap(painter: QPainter, room: QRectF, label: str) -> float:
    """Paint one at the right of a row, in the middle of its height; where it begins."""
    face = QFontMetrics(fonts.font(tokens.CAPTION, tokens.STRONG))
    wide = max(26, face.horizontalAdvance(label) + 16)
    box = QRectF(room.right() - wide, room.center().y() - 12, wide, 24)
    _draw(painter, box, label)
    return box.left()


def _draw(painter: QPainter, room: QRectF, label: str) -> None:
    p = palette()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(p.surface))
    paint_frame(painter, room, 5, p.border)
    painter.setPen(QColor(p.secondary))
    painter.setFont(fonts.font(tokens.CAPTION, tokens.STRONG))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), label)
