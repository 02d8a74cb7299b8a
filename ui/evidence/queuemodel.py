"""The transfers for Qt: model and painter. Rows are virtual, however many wait."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.evidence.state import QueueItem
from ui.language import tr
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.bar import paint_bar
from ui.widgets.chip import paint_chip
from ui.widgets.ground import paint_ground
from ui.widgets.hover import hover
from ui.widgets.lines import row_height

Index = QModelIndex | QPersistentModelIndex
_GLYPH: Final = 16
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class QueueModel(QAbstractListModel):
    """Transfers in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[QueueItem, ...] = ()

    def show_items(self, items: tuple[QueueItem, ...]) -> bool:
        """Take over other rows; True: they are others, or stand elsewhere, than before."""
        old = self.items
        if items is old:
            return False
        if [one.file for one in old] == [one.file for one in items]:
            self.items = items
            for at, (before, now) in enumerate(zip(old, items, strict=True)):
                if before is not now and before != now:
                    self.dataChanged.emit(self.index(at, 0), self.index(at, 0))
            return False
        self.beginResetModel()
        self.items = items
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many are shown."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for readers and hover; the delegate reads the item itself."""
        item = self.items[index.row()]
        way = tr("Up") if item.up else tr("Down")
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = (way, item.name, item.badge.word, f"{item.percent} %", item.where, item.motion)
            return ", ".join(one for one in parts if one)
        if role == Qt.ItemDataRole.ToolTipRole:
            return hover(f"{item.name}\n{item.where}\n{item.motion}")
        return None


class QueuePainter(QStyledItemDelegate):
    """Draws a transfer: way, name and state above where it goes, how fast, and its bar."""

    def __init__(self, model: QueueModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all rows."""
        return QSize(200, row_height("transfer"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        item = self._model.items[index.row()]
        p = palette()
        painter.save()
        box = paint_ground(painter, option)
        room = box.adjusted(tokens.S3, tokens.S2, -tokens.S3, -tokens.S2)
        ratio = painter.device().devicePixelRatio()
        step = (room.height() - 8) / 2
        picture = icons.pixmap("upload" if item.up else "download", p.secondary, _GLYPH, ratio)
        painter.drawPixmap(round(room.left()), round(room.top() + (step - _GLYPH) / 2), picture)
        room.setLeft(room.left() + _GLYPH + tokens.S3)
        top = QRectF(room.left(), room.top(), room.width(), step)
        metrics = QFontMetrics(fonts.font(tokens.CAPTION, tokens.STRONG))
        wide = metrics.horizontalAdvance(item.badge.word) + fonts.px(20) + 20.0
        high = fonts.px(22)
        chip = QRectF(top.right() - wide, round(top.center().y() - high / 2), wide, high)
        paint_chip(painter, chip, item.badge, ratio)
        name = QRectF(top.left(), top.top(), top.width() - wide - tokens.S3, step)
        _line(painter, name, item.name, p.text, name=True)
        below = top.translated(0, step)
        _line(painter, below, f"{item.where}  ·  {item.motion}", p.muted, name=False)
        bar = QRectF(room.left(), room.bottom() - 5, room.width(), 5)
        paint_bar(painter, bar, item.percent, _tone(item))
        painter.restore()


def _tone(item: QueueItem) -> Tone:
    if item.failed:
        return Tone.DANGER
    return Tone.WARN if item.paused else Tone.ACCENT


def _line(painter: QPainter, room: QRectF, text: str, ink: str, *, name: bool) -> None:
    face = fonts.font(tokens.DENSE, tokens.STRONG) if name else fonts.font(tokens.CAPTION)
    painter.setFont(face)
    painter.setPen(QColor(ink))
    elide = Qt.TextElideMode.ElideMiddle if name else Qt.TextElideMode.ElideRight
    shown = QFontMetrics(face).elidedText(text, elide, int(room.width()))
    painter.drawText(room, _LEFT, shown)
