"""People in a list: tile, name, place, and how sure this computer is of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.widgets.ground import paint_soft
from ui.widgets.lines import row_height, stacked
from ui.widgets.monogram import paint_monogram
from ui.words import Badge

Index = QModelIndex | QPersistentModelIndex


class Listed(Protocol):
    """What a line shows."""

    @property
    def user(self) -> bytes: ...
    @property
    def name(self) -> str: ...
    @property
    def below(self) -> str: ...
    @property
    def letters(self) -> str: ...
    @property
    def badge(self) -> Badge: ...


class PersonList(QListView):
    """`picked` with the place in the list; nothing is picked while it is being filled.

    Args:
        words: show the badge as its word; otherwise as its icon, where the list is narrow.
    """

    picked = Signal(int)

    def __init__(self, name: str, *, words: bool) -> None:
        super().__init__()
        self._filling = False
        self.people = _People()
        self.setModel(self.people)
        self.setItemDelegate(_Painter(self.people, words, self))
        self.setUniformItemSizes(True)
        self.setProperty("kind", "boxed")
        self.setAccessibleName(name)
        self.selectionModel().currentChanged.connect(self._picked)

    def show_people(self, people: Sequence[Listed], at: int) -> None:
        """Show other people, the one at `at` chosen (-1: nobody)."""
        self._filling = True
        self.people.show_people(tuple(people))
        chosen = self.selectionModel()  # Tab makes a row current without selecting it.
        if at >= 0 and not chosen.isSelected(self.people.index(at)):
            only = QItemSelectionModel.SelectionFlag.ClearAndSelect
            chosen.setCurrentIndex(self.people.index(at), only)
        self._filling = False

    def _picked(self, now: QModelIndex) -> None:
        if not self._filling and now.isValid():
            self.picked.emit(now.row())


class _People(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.people: tuple[Listed, ...] = ()

    def show_people(self, people: tuple[Listed, ...]) -> None:
        if people == self.people:
            return
        same = [one.user for one in people] == [one.user for one in self.people]
        if same and people:
            self.people = people
            self.dataChanged.emit(self.index(0), self.index(len(people) - 1))
            return
        self.beginResetModel()
        self.people = people
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.people)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one = self.people[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{one.name}, {one.below}, {one.badge.word}"
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, model: _People, words: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._words = words

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, row_height("person"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one = self._model.people[index.row()]
        p = palette()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            paint_soft(painter, box, 0, p.selection, p.edge)
        edge = min(fonts.px(34), int(box.height()) - 8)
        tile = QRectF(box.left() + 12, round(box.center().y() - edge / 2), edge, edge)
        paint_monogram(painter, tile, one.letters, one.user, circle=True)
        left, right = tile.right() + 12, self._badge(painter, box, one.badge)
        painter.setPen(QColor(p.text))
        painter.setFont(fonts.font(tokens.BODY, tokens.MEDIUM))
        name, below = stacked(QRectF(left, box.top(), right - left, box.height()), 20, 20)
        _line(painter, name, one.name)
        painter.setPen(QColor(p.muted))
        painter.setFont(fonts.font(tokens.CAPTION))
        _line(painter, below, one.below)
        painter.restore()

    def _badge(self, painter: QPainter, box: QRectF, badge: Badge) -> float:
        """Draw how sure; returns where the room for the name ends."""
        ink = palette().tone(badge.tone)[0]
        if not self._words:
            size = tokens.ICON_SMALL
            at = QRectF(box.right() - 12 - size, box.center().y() - size / 2, size, size)
            if badge.icon:
                ratio = painter.device().devicePixelRatio()
                picture = icons.pixmap(badge.icon, ink, size, ratio)
                painter.drawPixmap(at.topLeft(), picture)
            return at.left() - 8
        painter.setPen(QColor(ink))
        painter.setFont(fonts.font(tokens.CAPTION))
        side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(box.adjusted(0, 0, -16, 0), int(side), badge.word)
        return box.right() - 28 - QFontMetrics(painter.font()).horizontalAdvance(badge.word)


def _line(painter: QPainter, room: QRectF, text: str) -> None:
    shown = QFontMetrics(painter.font()).elidedText(
        text, Qt.TextElideMode.ElideRight, int(room.width())
    )
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
