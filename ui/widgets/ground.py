"""What stands behind a row that a delegate paints: selected or not, and the line below it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ui.theme.style import palette


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> QRectF:
    """Paint it, smooth edges from here on; the row's own box. The caller saves and restores."""
    p, box = palette(), QRectF(option.rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, QColor(p.selection))
    painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), QColor(p.hairline))
    return box
