"""What stands behind something that is painted: a soft ground, a row that is selected or not."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ui.theme.style import palette
from ui.widgets.crisp import paint_frame, paint_under, snapped


def paint_soft(painter: QPainter, box: QRectF, radius: float, ground: str, line: str) -> None:
    """A rounded ground; in high contrast with a line in `line` around it, inside `box`."""
    painter.setBrush(QColor(ground))
    if palette().edge:
        paint_frame(painter, box, radius, line)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(snapped(painter, box), radius, radius)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> QRectF:
    """Paint it, smooth edges from here on; the row's own box. The caller saves and restores."""
    p, box = palette(), QRectF(option.rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(snapped(painter, box), QColor(p.selection))
        if p.edge:
            paint_under(painter, QRectF(box.left(), box.top(), box.width(), 2), p.edge, width=2)
            paint_under(painter, box, p.edge, width=2)
            return box
    paint_under(painter, box, p.hairline)
    return box
