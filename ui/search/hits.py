"""The rows of a search for Qt: model and painter. Text is drawn as it is; no markup is read."""

from __future__ import annotations

from collections.abc import Callable
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
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from jitclient.searchviews import Marked
from ui.language import tr
from ui.search.state import HitItem
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.widgets.ground import paint_ground
from ui.widgets.hover import hover
from ui.widgets.lines import row_height

Index = QModelIndex | QPersistentModelIndex


class HitsModel(QAbstractListModel):
    """What was found, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.items: tuple[HitItem, ...] = ()

    def show_items(self, items: tuple[HitItem, ...]) -> None:
        """Take over other rows; what is only longer keeps its place."""
        known = len(self.items)
        if items == self.items:
            return
        if known and items[:known] == self.items:
            self.beginInsertRows(QModelIndex(), known, len(items) - 1)
            self.items = items
            self.endInsertRows()
            return
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many are shown."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for readers and hover; the delegate reads the item itself."""
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.head.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            what = tr("Message") if item.file is None else tr("Exhibit")
            below = f", {item.below.label}: {item.below.text}" if item.below else ""
            return f"{what}, {item.about}: {item.head.text}{below}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return hover(f"{item.head.text}\n{item.exact}")
        return None


class HitPainter(QStyledItemDelegate):
    """Draws a row: who, when and where, then the text with what was found in it."""

    def __init__(self, model: HitsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all rows."""
        return QSize(200, row_height("hit"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        item = self._model.items[index.row()]
        p = palette()
        painter.save()
        box = paint_ground(painter, option)
        room = box.adjusted(tokens.S4, tokens.S2, -tokens.S4, -tokens.S2)
        name = "message-square" if item.file is None else "layers"
        picture = icons.pixmap(name, p.secondary, 18, painter.device().devicePixelRatio())
        painter.drawPixmap(QPointF(room.left(), room.top() + 2), picture)
        room.setLeft(room.left() + 18 + tokens.S3)
        painter.setFont(fonts.font(tokens.CAPTION, tabular=True))
        painter.setPen(QColor(p.muted))
        step = room.height() / 3
        top = QRectF(room.left(), room.top(), room.width(), step)
        about = painter.fontMetrics().elidedText(
            item.about, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(top, int(Qt.AlignmentFlag.AlignVCenter), about)
        below = QRectF(room.left(), top.bottom(), room.width(), step)
        if item.file is None:
            self._text(painter, below, item.head, fonts.font(tokens.BODY), lines=2)
        else:
            self._text(painter, below, item.head, fonts.font(tokens.BODY, tokens.MEDIUM), lines=1)
            if item.below is not None:
                last = below.translated(0, step)
                self._text(painter, last, _labelled(item.below), fonts.font(tokens.DENSE), lines=1)
        painter.restore()

    def _text(
        self, painter: QPainter, room: QRectF, line: Marked, face: QFont, *, lines: int
    ) -> None:
        """At most so many lines, the last one elided, marks in their places."""
        metrics = QFontMetricsF(face)
        text, marks = line.text, line.marks
        for left in range(lines, 0, -1):
            layout = QTextLayout(text, face)
            layout.beginLayout()
            first = layout.createLine()
            first.setLineWidth(room.width())
            end = first.textStart() + first.textLength()
            if left == 1 and end < len(text):
                layout.endLayout()
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
                layout = QTextLayout(text, face)
                layout.beginLayout()
                layout.createLine().setLineWidth(2 * room.width())
                end = len(text)
            layout.endLayout()
            drop = (room.height() - metrics.height()) / 2
            painter.setPen(QColor(palette().text))
            layout.draw(painter, QPointF(room.left(), room.top() + drop), _formats(marks, end))
            if end >= len(text):
                return
            text, marks = text[end:], tuple((a - end, b - end) for a, b in marks)
            room = room.translated(0, room.height())


def _formats(marks: tuple[tuple[int, int], ...], end: int) -> list[QTextLayout.FormatRange]:
    """How what was found looks, for marks that begin before `end`."""
    found = []
    ink, ground = palette().warn, palette().warn_soft
    for start, stop in marks:
        if stop > 0 and start < end:
            look = QTextCharFormat()
            look.setBackground(QColor(ground))
            look.setForeground(QColor(ink))
            look.setFontWeight(QFont.Weight(tokens.STRONG))
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = max(0, start), min(stop, end) - max(0, start), look
            found.append(one)
    return found


def _labelled(line: Marked) -> Marked:
    """A fact with its name in front of it."""
    before = f"{tr(line.label)}: " if line.label else ""
    shift = len(before)
    return Marked(
        text=before + line.text, marks=tuple((a + shift, b + shift) for a, b in line.marks)
    )


def hit_list(
    model: HitsModel,
    name: str,
    opened: Callable[[QModelIndex], None],
    further: Callable[[], None] | None = None,
) -> QListView:
    """A list of hits: one is opened by Enter or a click; at its end `further` is asked for more."""
    made = QListView()
    made.setProperty("kind", "boxed")
    made.setModel(model)
    made.setItemDelegate(HitPainter(model, made))
    made.setAccessibleName(name)
    made.setUniformItemSizes(True)
    made.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    made.activated.connect(opened)
    made.clicked.connect(opened)
    if further is not None:
        bar = made.verticalScrollBar()
        bar.valueChanged.connect(lambda at: further() if at == bar.maximum() else None)
    return made
