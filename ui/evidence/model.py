"""The table of exhibits for Qt: model and painter. Rows are virtual; nothing is read from files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import is_not
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ui import words
from ui.evidence import cells
from ui.evidence.state import Column, ExhibitItem
from ui.language import tr
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.bar import paint_bar
from ui.widgets.chip import paint_chip
from ui.widgets.ground import paint_ground
from ui.widgets.hover import hover
from ui.widgets.lines import row_height, stacked
from ui.words import Badge

Index = QModelIndex | QPersistentModelIndex
COLUMNS: Final = tuple(Column)
_COPY: Final = 14
_APART: Final = 8
_NAMED: Final = (20, 20)  # the lines of a name and its hash
_MARKS: Final = 2  # lines of marks a row has room for
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class ExhibitModel(QAbstractTableModel):
    """Items as the presenter ordered them."""

    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[ExhibitItem, ...] = ()

    def show_items(self, items: tuple[ExhibitItem, ...]) -> None:
        """Take over other items; where only states changed, only those rows are painted."""
        old = self.items
        if len(old) == len(items):
            others = list(compress(range(len(old)), map(is_not, old, items)))
            if all(old[at].file == items[at].file for at in others):
                self.items = items
                for at in others:
                    if old[at] != items[at]:
                        self.dataChanged.emit(self.index(at, 0), self.index(at, len(COLUMNS) - 1))
                return
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many exhibits."""
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One for each of `Column`."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Column names."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(COLUMNS[section].value)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if COLUMNS[section] is Column.SIZE else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for readers and hover; the delegate reads the item itself."""
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cells.words(item, COLUMNS[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return hover(cells.words(item, COLUMNS[index.column()]))
        return None


class ExhibitPainter(QStyledItemDelegate):
    """Draws a row: chips, a bar while it travels, the two ends of the hash."""

    def __init__(self, model: ExhibitModel, table: QTableView) -> None:
        super().__init__(table)
        self._model = model
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all rows."""
        return QSize(80, row_height("exhibit"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        item = self._model.items[index.row()]
        p = palette()
        painter.save()
        box = paint_ground(painter, option)
        room = box.adjusted(12, 0, -12, -1)
        ratio = painter.device().devicePixelRatio()
        match COLUMNS[index.column()]:
            case Column.NUMBER:
                self._number(painter, room, item, ratio)
            case Column.NAME:
                self._name(painter, room, item, ratio)
            case Column.SIZE:
                self._text(painter, room, item.size, p.secondary, flags=_RIGHT)
            case Column.STATE:
                self._state(painter, room, item, ratio)
            case Column.REVIEW:
                self._reviewed(painter, room, item, ratio)
            case Column.VERIFIED:
                self._verified(painter, room, item, ratio)
            case Column.MARKS:
                self._lines(painter, room, item.marks, palette().tone(Tone.WARN)[0])
            case Column.SEIZED:
                self._lines(painter, room, cells.seized(item), p.secondary)
            case Column.PLACE | Column.AUTHORITY | Column.TYPE as column:
                self._text(painter, room, cells.words(item, column), p.secondary)
        painter.restore()

    def _text(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        colour: str = "",
        *,
        weight: int = tokens.REGULAR,
        flags: int = _LEFT,
    ) -> None:
        painter.setFont(fonts.font(tokens.DENSE, weight, tabular=True))
        painter.setPen(QColor(colour or palette().text))
        shown = QFontMetrics(painter.font()).elidedText(
            text, Qt.TextElideMode.ElideMiddle, int(room.width())
        )
        painter.drawText(room, flags, shown)

    def _number(self, painter: QPainter, room: QRectF, item: ExhibitItem, ratio: float) -> None:
        if item.review.icon and self._table.isColumnHidden(COLUMNS.index(Column.REVIEW)):
            ink = palette().tone(item.review.tone)[0]
            spot = QPointF(room.right() - 14, room.center().y() - 7)
            painter.drawPixmap(spot, icons.pixmap(item.review.icon, ink, 14, ratio))
            room = room.adjusted(0, 0, -20, 0)
        apart = not self._table.isColumnHidden(COLUMNS.index(Column.MARKS))
        if not item.marks or apart:
            self._text(painter, room, item.number or "–", weight=tokens.STRONG)
            return
        fit = min(_MARKS, int((room.height() - fonts.px(18)) // fonts.px(16)))
        lines = _first(item.marks, max(1, fit))
        number, *below = stacked(room, 18, *(16 for _ in lines))
        self._text(painter, number, item.number or "–", weight=tokens.STRONG)
        self._small(painter, below, lines, palette().tone(Tone.WARN)[0])

    def _lines(self, painter: QPainter, room: QRectF, every: tuple[str, ...], ink: str) -> None:
        """What has a cell to itself: one line as any other, or two or three small ones."""
        if len(every) < 2:
            self._text(painter, room, "".join(every), ink)
            return
        lines = _first(every, max(1, min(_MARKS + 1, int(room.height() // fonts.px(16)))))
        self._small(painter, stacked(room, *(16 for _ in lines)), lines, ink)

    def _small(
        self, painter: QPainter, rooms: Sequence[QRectF], lines: Sequence[str], ink: str
    ) -> None:
        painter.setFont(fonts.font(tokens.CAPTION, tokens.MEDIUM, tabular=True))
        painter.setPen(QColor(ink))
        metrics = QFontMetrics(painter.font())
        for room, line in zip(rooms, lines, strict=True):
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, _LEFT, shown)

    def _name(self, painter: QPainter, room: QRectF, item: ExhibitItem, ratio: float) -> None:
        top, below = stacked(room, *_NAMED)
        chip = QFontMetrics(fonts.font(tokens.CAPTION, tokens.STRONG)).horizontalAdvance(
            item.extension
        )
        reserve = chip + 26 if item.extension else 0
        painter.setFont(fonts.font(tokens.DENSE, tokens.MEDIUM, tabular=True))
        natural = QFontMetrics(painter.font()).horizontalAdvance(item.stem) + 6.0
        wide = min(max(20.0, top.width() - reserve), natural)
        name = QRectF(top.left(), top.top(), wide, top.height())
        self._text(painter, name, item.stem, weight=tokens.MEDIUM)
        if item.extension:
            high = fonts.px(18)
            pill = QRectF(name.right() + 8, round(top.center().y() - high / 2), chip + 18, high)
            paint_chip(painter, pill, Badge(item.extension, ""), ratio)
        self._hash(painter, below, item, ratio)

    def _state(self, painter: QPainter, room: QRectF, item: ExhibitItem, ratio: float) -> None:
        if item.percent is None:
            self._chip(painter, room, item.badge, ratio)
            return
        ink = palette().tone(item.badge.tone)[0]
        top, below, line = stacked(room, 18, 16, 8)
        picture = icons.pixmap(item.badge.icon, ink, 14, ratio)
        painter.drawPixmap(QPointF(top.left(), top.center().y() - 7), picture)
        self._text(painter, top.adjusted(20, 0, 0, 0), item.badge.word, ink, weight=tokens.MEDIUM)
        painter.setFont(fonts.font(tokens.CAPTION, tokens.MEDIUM, tabular=True))
        painter.setPen(QColor(palette().secondary))
        painter.drawText(top, _RIGHT, f"{item.percent} %")
        painter.setFont(fonts.font(tokens.CAPTION, tabular=True))
        painter.setPen(QColor(palette().muted))
        shown = QFontMetrics(painter.font()).elidedText(
            item.motion, Qt.TextElideMode.ElideRight, int(below.width())
        )
        painter.drawText(below, _LEFT, shown)
        bar = QRectF(room.left(), round(line.bottom()) - 5, room.width(), 5)
        paint_bar(painter, bar, item.percent, item.badge.tone)

    def _reviewed(self, painter: QPainter, room: QRectF, item: ExhibitItem, ratio: float) -> None:
        badge, left = item.review, room.left()
        ink = palette().tone(badge.tone)[0] if badge.icon else palette().muted
        if badge.icon:
            picture = icons.pixmap(badge.icon, ink, 16, ratio)
            painter.drawPixmap(QPointF(left, room.center().y() - 8), picture)
            left += 23
        rest = QRectF(left, room.top(), room.right() - left, room.height())
        self._text(painter, rest, badge.word, ink)

    def _verified(self, painter: QPainter, room: QRectF, item: ExhibitItem, ratio: float) -> None:
        everyone, whole = item.verified != "–", item.whole
        tone = Tone.VERIFIED if whole and everyone else Tone.NEUTRAL
        ink = palette().tone(tone)[0] if everyone else palette().muted
        left = room.left()
        if everyone:
            icon = "badge-check" if whole else "users"
            painter.drawPixmap(
                QPointF(left, room.center().y() - 8), icons.pixmap(icon, ink, 16, ratio)
            )
            left += 23
        self._text(
            painter,
            QRectF(left, room.top(), room.right() - left, room.height()),
            item.verified,
            ink,
        )

    def _hash(self, painter: QPainter, below: QRectF, item: ExhibitItem, ratio: float) -> None:
        if not item.sha256:
            self._text(painter, below, tr("SHA-256 known when sealing is done"), palette().muted)
            return
        painter.setFont(fonts.mono(tokens.CAPTION))
        painter.setPen(QColor(palette().muted))
        mark = _mark_after(below, item.sha256)
        room = QRectF(below.topLeft(), QPointF(mark.x() - _APART / 2, below.bottom()))
        painter.drawText(room, _LEFT, words.short(item.sha256))
        picture = icons.pixmap("copy", palette().secondary, _COPY, ratio)
        painter.drawPixmap(mark, picture)

    def _chip(self, painter: QPainter, room: QRectF, badge: Badge, ratio: float) -> None:
        metrics = QFontMetrics(fonts.font(tokens.CAPTION, tokens.STRONG))
        wide = min(room.width(), metrics.horizontalAdvance(badge.word) + fonts.px(20) + 20.0)
        high = fonts.px(24)
        box = QRectF(room.left(), round(room.center().y() - high / 2), wide, high)
        paint_chip(painter, box, badge, ratio)


def _first(every: tuple[str, ...], count: int) -> tuple[str, ...]:
    """As many lines as there is room for; the last one says that there are more."""
    if len(every) <= count:
        return every
    return (*every[: count - 1], f"{every[count - 1]} …")


def copy_mark(room: QRectF, digest: str) -> QPointF:
    """Where the copy mark of a hash stands, given the name cell without its margins."""
    return _mark_after(stacked(room, *_NAMED)[1], digest)


def _mark_after(below: QRectF, digest: str) -> QPointF:
    wide = QFontMetrics(fonts.mono(tokens.CAPTION)).horizontalAdvance(words.short(digest))
    left = min(below.left() + wide + _APART, below.right() - _COPY)  # never in the next column
    return QPointF(left, round(below.center().y() - _COPY / 2))
