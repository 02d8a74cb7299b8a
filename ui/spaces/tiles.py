"""The rows of the list of spaces: what readers hear, and how each is painted."""

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
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.language import trn
from ui.spaces.state import SpaceTile
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.ground import paint_soft
from ui.widgets.hover import hover
from ui.widgets.lines import row_height, stacked
from ui.widgets.monogram import paint_monogram

Index = QModelIndex | QPersistentModelIndex


class SpacesModel(QAbstractListModel):
    """The tiles, for the list."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles: tuple[SpaceTile, ...] = ()

    def show_tiles(self, tiles: tuple[SpaceTile, ...]) -> None:
        """Take over another list; rows that stayed keep their selection."""
        same = [one.space for one in tiles] == [one.space for one in self.tiles]
        if same:
            self.tiles = tiles
            if tiles:
                self.dataChanged.emit(self.index(0), self.index(len(tiles) - 1))
            return
        self.beginResetModel()
        self.tiles = tiles
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many spaces."""
        return 0 if parent.isValid() else len(self.tiles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for readers and tooltips; the delegate reads the tile itself."""
        tile = self.tiles[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return tile.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            unread = trn("{count} unread", "{count} unread", tile.unread) if tile.unread else ""
            parts = dict.fromkeys((tile.title, tile.below, tile.badge.word, unread))
            return ", ".join(one for one in parts if one)
        if role == Qt.ItemDataRole.ToolTipRole:
            return hover(f"{tile.title}\n{tile.below}")
        return None


class TilePainter(QStyledItemDelegate):
    """Paints one space: as a row, or in a rail as its monogram alone."""

    def __init__(self, model: SpacesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all."""
        return QSize(40, row_height("space"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Tile, title, agreement or state, unread count."""
        tile = self._model.tiles[index.row()]
        p = palette()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(8, 2, -8, -2)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            paint_soft(painter, box, 8, p.selection if chosen else p.hover, p.edge)
        edge = min(float(fonts.px(36)), box.height() - 8)
        rail = box.width() < fonts.px(tokens.RAIL_WIDTH)
        beside = (box.width() - edge) / 2 if rail else 8
        square = QRectF(box.left() + beside, round(box.center().y() - edge / 2), edge, edge)
        paint_monogram(painter, square, tile.letters, tile.space)
        if rail and tile.unread:
            self._dot(painter, square)
        if not rail:
            self._words(painter, box, square, tile)
        painter.restore()

    def _words(self, painter: QPainter, box: QRectF, square: QRectF, tile: SpaceTile) -> None:
        p = palette()
        right = box.right() - 10
        if tile.unread:
            right = self._unread(painter, box, tile.unread) - 8
        left = square.right() + 12
        room = right - left
        title, below = stacked(QRectF(left, box.top(), room, box.height()), 20, 20)
        painter.setPen(QColor(p.text))
        painter.setFont(fonts.font(tokens.BODY, tokens.STRONG if tile.unread else tokens.MEDIUM))
        self._line(painter, title, tile.title)
        tone = p.tone(tile.badge.tone)[0] if tile.badge.tone is not Tone.OK else p.muted
        painter.setPen(QColor(tone))
        painter.setFont(fonts.font(tokens.CAPTION))
        if tile.badge.tone is not Tone.OK:
            picture = icons.pixmap(tile.badge.icon, tone, 12, painter.device().devicePixelRatio())
            painter.drawPixmap(QPointF(left, round(below.center().y()) - 6), picture)
            below.setLeft(left + 17)
        self._line(painter, below, tile.below)

    def _dot(self, painter: QPainter, square: QRectF) -> None:
        """Something unread, where there is no room for how much; readers hear the number."""
        p = palette()
        painter.setPen(QPen(QColor(p.sidebar), 2))
        painter.setBrush(QColor(p.accent))
        painter.drawEllipse(QPointF(square.right() - 1, square.top() + 1), 6, 6)

    def _line(self, painter: QPainter, room: QRectF, text: str) -> None:
        shown = QFontMetrics(painter.font()).elidedText(
            text, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _unread(self, painter: QPainter, box: QRectF, count: int) -> float:
        p = palette()
        text = str(count) if count < 100 else "99+"
        painter.setFont(fonts.font(tokens.CAPTION, tokens.STRONG, tabular=True))
        wide = max(22.0, QFontMetrics(painter.font()).horizontalAdvance(text) + 14.0)
        pill = QRectF(box.right() - 10 - wide, box.center().y() - 11, wide, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.accent))
        painter.drawRoundedRect(pill, 11, 11)
        painter.setPen(QColor(p.on_accent))
        painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
        return pill.left()
