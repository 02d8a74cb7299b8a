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
        p = palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(p.surface))
        box = QRectF(self.rect())
        paint_frame(painter, box, 5, p.border)
        painter.setPen(QColor(p.secondary))
        painter.setFont(fonts.font(tokens.CAPTION, tokens.STRONG))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._label)
        painter.end()
