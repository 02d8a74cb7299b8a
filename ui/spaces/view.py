"""The sidebar: spaces, and who sits here."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QSizePolicy,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from jitclient.views import Me
from ui import words
from ui.asking import ask_help
from ui.language import tr, trn
from ui.shortcuts import named
from ui.spaces.presenter import SpacesPresenter
from ui.spaces.state import SpacesState, SpaceTile
from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.brand import Brand
from ui.widgets.button import Button, IconButton
from ui.widgets.elided import Elided
from ui.widgets.ground import paint_soft
from ui.widgets.hover import hover
from ui.widgets.lines import row_height, stacked
from ui.widgets.looks import LooksIcon
from ui.widgets.monogram import Monogram, paint_monogram
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, line, row
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text

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


class _Delegate(QStyledItemDelegate):
    def __init__(self, model: SpacesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for all."""
        return QSize(100, row_height("space"))

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
        edge = min(36.0, box.height() - 8)
        square = QRectF(box.left() + 8, round(box.center().y() - edge / 2), edge, edge)
        paint_monogram(painter, square, tile.letters, tile.space)
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
        painter.restore()

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


class SpacesView(Panel):
    """Brand, list of spaces, the person, devices, keys, settings, lock."""

    new_space = Signal()
    search = Signal()
    settings = Signal()
    home = Signal()
    devices = Signal()
    lock = Signal()
    appearance = Signal(str, str)

    def __init__(self, presenter: SpacesPresenter, me: Me) -> None:
        super().__init__("sidebar")
        self._presenter = presenter
        self._rendering = False
        self.setFixedWidth(tokens.SIDEBAR_WIDTH)
        self.model = SpacesModel()
        self.list = QListView()
        self.list.setProperty("kind", "sidebar")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.model, self.list))
        self.list.setAccessibleName(tr("Spaces"))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().currentChanged.connect(self._picked)
        self.problem = Notice(retry=tr("Try again"), closable=False)
        self.problem.retry.connect(presenter.refresh)
        self._holder = QWidget()
        self._stack = QStackedLayout(self._holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(Skeleton(tr("Reading your spaces…")))
        self._build(me)
        presenter.attach(self.render_state)

    def _build(self, me: Me) -> None:
        find = IconButton("search", named(tr("Find everywhere"), "find-all"))
        find.clicked.connect(self.search)
        top = row(Brand(28), Text("JIT Client", "lead"), None, find, spacing=10)
        top.setContentsMargins(tokens.S4, tokens.S4, tokens.S3, tokens.S4)
        new = IconButton("plus", named(tr("New space"), "space-new"))
        new.clicked.connect(self.new_space)
        head = row(Text(tr("Spaces"), "overline"), None, new)
        head.setContentsMargins(tokens.S4, 0, tokens.S3, tokens.S1)
        notice = QVBoxLayout()
        notice.setContentsMargins(tokens.S3, 0, tokens.S3, tokens.S2)
        notice.addWidget(self.problem)
        self.today = Button(tr("Today"), "nav", icon="calendar", hint=named(tr("Today"), "home"))
        self.today.setCheckable(True)
        self.today.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.today.clicked.connect(self.home)
        first = row(self.today)
        first.setContentsMargins(tokens.S2, 0, tokens.S2, tokens.S3)
        self.column.addLayout(top)
        self.column.addLayout(first)
        self.column.addLayout(head)
        self.column.addLayout(notice)
        self.column.addWidget(self._holder, 1)
        self.column.addWidget(line())
        self.column.addLayout(self._person(me))

    def _person(self, me: Me) -> QVBoxLayout:
        name = words.plain(me.name)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Elided(name, "strong", mode=Qt.TextElideMode.ElideRight))
        place = words.plain(f"{me.authority} · {me.country}")
        names.addWidget(Elided(place, "caption", mode=Qt.TextElideMode.ElideRight))
        across = row(Monogram(words.initials(name), me.user, 36, circle=True), spacing=10)
        across.addLayout(names, 1)
        look = LooksIcon()
        look.picked.connect(self.appearance)
        devices = IconButton("laptop", tr("My devices"))
        devices.clicked.connect(self.devices)
        help_ = IconButton("info", named(tr("Help"), "help"))
        help_.clicked.connect(lambda: ask_help(""))
        settings = IconButton("settings", named(tr("Settings"), "settings"))
        settings.clicked.connect(self.settings)
        lock = Button(tr("Lock"), "quiet", icon="lock", hint=named(tr("Lock"), "lock"))
        lock.clicked.connect(self.lock)
        foot = QVBoxLayout()
        foot.setContentsMargins(tokens.S4, tokens.S3, tokens.S3, tokens.S3)
        foot.setSpacing(tokens.S2)
        foot.addLayout(across)
        icons_ = (devices, look, help_, settings)
        room = self.width() - tokens.S4 - tokens.S3 - sum(one.width() for one in icons_)
        if lock.sizeHint().width() > room:  # a long word in this language: its icon says it, too
            lock.setAccessibleName(lock.text())
            lock.setText("")
        foot.addLayout(row(lock, None, *icons_, spacing=0))
        return foot

    def render_state(self, state: SpacesState) -> None:
        """Show the list."""
        self._rendering = True
        self.model.show_tiles(state.tiles)
        at = next((i for i, one in enumerate(state.tiles) if one.space == state.selected), -1)
        self.today.setChecked(state.home)
        if state.home:
            self.list.selectionModel().clear()
        elif at >= 0 and self.list.currentIndex().row() != at:
            self.list.selectionModel().setCurrentIndex(
                self.model.index(at), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self.problem.show_card(state.problem)
        self._stack.setCurrentIndex(1 if state.loading and not state.tiles else 0)
        self._rendering = False

    def _picked(self, now: QModelIndex) -> None:
        if not self._rendering and now.isValid():
            self._presenter.select(self.model.tiles[now.row()].space)
