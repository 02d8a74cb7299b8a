"""What stands behind something that is painted: a soft ground, a row that is selected or not."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ui.theme.style import palette


def paint_soft(painter: QPainter, box: QRectF, radius: float, ground: str, line: str) -> None:
    """A rounded ground; in high contrast with a line in `line` around it, inside `box`."""
    painter.setBrush(QColor(ground))
    painter.setPen(Qt.PenStyle.NoPen)
    if palette().edge:
        painter.setPen(QPen(QColor(line), 1))
        box = box.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, radius, radius)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> QRectF:
    """Paint it, smooth edges from here on; the row's own box. The caller saves and restores."""
    p, box = palette(), QRectF(option.rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, QColor(p.selection))
        if p.edge:
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 2), QColor(p.edge))
            painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width(), 1), QColor(p.edge))
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), QColor(p.hairline))
    return box
