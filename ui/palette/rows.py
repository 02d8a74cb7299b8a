"""The rows of the palette for Qt: model and painter. Names are drawn as characters."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.language import tr
from ui.palette.state import Entry
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.widgets.ground import paint_ground
from ui.widgets.hover import hover
from ui.widgets.keycap import paint_keycap

Index = QModelIndex | QPersistentModelIndex
_HIGH = 52


class EntriesModel(QAbstractListModel):
    """What fits, the best first."""

    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[Entry, ...] = ()

    def show_items(self, items: tuple[Entry, ...]) -> None:
        """Take over other rows."""
        if items != self.items:
            self.beginResetModel()
            self.items = items
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many are shown."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for readers and hover; the painter reads the entry itself."""
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (tr(item.kind.value), item.title, item.why_not or item.below, item.key)
            return ", ".join(one for one in parts if one)
        if role == Qt.ItemDataRole.ToolTipRole:
            return hover("\n".join(one for one in (item.title, item.why_not or item.below) if one))
        return None


class EntryPainter(QStyledItemDelegate):
    """Draws a row: icon, name, what it belongs to; at the right its key, or what it is."""

    def __init__(self, model: EntriesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all rows."""
        return QSize(200, fonts.px(_HIGH))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        item = self._model.items[index.row()]
        p = palette()
        painter.save()
        box = paint_ground(painter, option)
        room = box.adjusted(tokens.S4, tokens.S1, -tokens.S4, -tokens.S1)
        ink = p.muted if item.why_not else p.text
        ratio = painter.device().devicePixelRatio()
        picture = icons.pixmap(item.icon, p.muted if item.why_not else p.secondary, 18, ratio)
        painter.drawPixmap(QPointF(room.left(), room.center().y() - 9), picture)
        room.setLeft(room.left() + 18 + tokens.S3)
        room.setRight(self._right(painter, room, item) - tokens.S3)
        below = item.why_not or item.below
        high = room.height() / 2 if below else room.height()
        top = QRectF(room.left(), room.top(), room.width(), high)
        self._line(painter, top, item.title, fonts.font(tokens.BODY, tokens.MEDIUM), ink)
        if below:
            under = top.translated(0, high)
            self._line(painter, under, below, fonts.font(tokens.CAPTION), p.muted)
        painter.restore()

    def _right(self, painter: QPainter, room: QRectF, item: Entry) -> float:
        if item.key:
            return paint_keycap(painter, room, item.key)
        painter.setFont(fonts.font(tokens.CAPTION))
        painter.setPen(QColor(palette().muted))
        what = tr(item.kind.value)
        painter.drawText(
            room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), what
        )
        return room.right() - painter.fontMetrics().horizontalAdvance(what)

    def _line(self, painter: QPainter, room: QRectF, text: str, face: QFont, ink: str) -> None:
        painter.setFont(face)
        painter.setPen(QColor(ink))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideMiddle, int(room.width())
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
