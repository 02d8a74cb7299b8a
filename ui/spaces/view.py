"""The sidebar: spaces, and who sits here."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QLayout,
    QListView,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from jitclient.views import Me
from ui import words
from ui.asking import ask_help
from ui.language import tr
from ui.shortcuts import named
from ui.spaces.presenter import SpacesPresenter
from ui.spaces.state import SpacesState
from ui.spaces.tiles import SpacesModel, TilePainter
from ui.theme import fonts, tokens
from ui.widgets.brand import Brand
from ui.widgets.button import Button, IconButton
from ui.widgets.elided import Elided
from ui.widgets.looks import LooksIcon
from ui.widgets.monogram import Monogram
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, line, row
from ui.widgets.reveal import reveal
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text

Index = QModelIndex | QPersistentModelIndex
_ANY = 16_777_215  # as wide as there is room
_WIDEST = 420  # at large text: the conversation keeps more than half of the smallest window


def _edges(layout: QLayout) -> tuple[int, int, int, int]:
    around = layout.contentsMargins()
    return around.left(), around.top(), around.right(), around.bottom()


class SpacesView(Panel):
    """Brand, list of spaces, the person, devices, keys, settings, lock."""

    new_space = Signal()
    search = Signal()
    settings = Signal()
    home = Signal()
    another = Signal(bytes)  # a space in a window of its own
    opened = Signal()  # a person chose a space, and did not only walk along the list
    devices = Signal()
    lock = Signal()
    appearance = Signal(str, str)

    def __init__(self, presenter: SpacesPresenter, me: Me) -> None:
        super().__init__("sidebar")
        self._presenter = presenter
        self._rendering = False
        self.wide = min(fonts.px(tokens.SIDEBAR_WIDTH), _WIDEST)
        self.narrow = fonts.px(tokens.RAIL_WIDTH)
        self.setFixedWidth(self.wide)
        self._words: list[QWidget] = []
        self.model = SpacesModel()
        self.list = QListView()
        self.list.setProperty("kind", "sidebar")
        self.list.setModel(self.model)
        self.list.setItemDelegate(TilePainter(self.model, self.list))
        self.list.setAccessibleName(tr("Spaces"))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().currentChanged.connect(self._picked)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._offer_window)
        self.list.clicked.connect(self.opened)
        self.list.activated.connect(self._entered)
        self.list.activated.connect(self.opened)
        self.problem = Notice(retry=tr("Try again"), closable=False)
        self.problem.retry.connect(presenter.refresh)
        self._holder = QWidget()
        self._stack = QStackedLayout(self._holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(Skeleton(tr("Reading your spaces…")))
        self._rail = False
        self._build(me)
        self._margins = [_edges(one) for one in self._edges]
        presenter.attach(self.render_state)

    def _build(self, me: Me) -> None:
        find = IconButton("search", named(tr("Find everywhere"), "find-all"))
        find.clicked.connect(self.search)
        brand, name = Brand(28), Text("JIT Client", "lead")
        top = row(brand, name, None, find, spacing=10)
        top.setContentsMargins(tokens.S4, tokens.S4, tokens.S3, tokens.S4)
        new = IconButton("plus", named(tr("New space"), "space-new"))
        new.clicked.connect(self.new_space)
        title = Text(tr("Spaces"), "overline")
        head = row(title, None, new)
        head.setContentsMargins(tokens.S4, 0, tokens.S3, tokens.S1)
        notice = QVBoxLayout()
        notice.setContentsMargins(tokens.S3, 0, tokens.S3, tokens.S2)
        notice.addWidget(self.problem)
        self.today = Button(tr("Today"), "nav", icon="calendar", hint=named(tr("Today"), "home"))
        self.today.setAccessibleName(tr("Today"))
        self.today.setCheckable(True)
        self.today.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.today.clicked.connect(self.home)
        first = row(self.today)
        first.setContentsMargins(tokens.S2, 0, tokens.S2, tokens.S3)
        self._words += [brand, name, title]
        self._edges: list[QLayout] = [top, head]
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
        place = words.plain(f"{me.authority} · {me.country}")
        for text, style in ((name, "strong"), (place, "caption")):
            shown = Elided(text, style, mode=Qt.TextElideMode.ElideRight)
            names.addWidget(shown)
            self._words.append(shown)
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
        lock.setAccessibleName(lock.text())
        if lock.sizeHint().width() > room:  # a long word in this language: its icon says it, too
            lock.setText("")
        self._lock, self._lock_word = lock, lock.text()
        self._icons = row(lock, None, *icons_, spacing=0)
        foot.addLayout(self._icons)
        self._edges += [foot]
        return foot

    def fold(self, *, rail: bool, whole: bool) -> None:
        """As a rail of monograms, as wide as the window, or as the list it is."""
        self._rail = rail
        self.setMinimumWidth(0 if whole else self.narrow if rail else self.wide)
        self.setMaximumWidth(_ANY if whole else self.minimumWidth())
        for one in self._words:
            reveal(one, not rail)
        self.today.setText("" if rail else tr("Today"))
        self._lock.setText("" if rail else self._lock_word)
        side = QBoxLayout.Direction
        self._icons.setDirection(side.TopToBottom if rail else side.LeftToRight)
        for at, margins in zip(self._edges, self._margins, strict=True):
            left, above, right, under = margins
            edges = (tokens.S2, tokens.S2) if rail else (left, right)
            at.setContentsMargins(edges[0], above, edges[1], under)
        reveal(self.problem, bool(self.problem.isVisibleTo(self)) and not rail)

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
        self.problem.show_card(None if self._rail else state.problem)
        self._stack.setCurrentIndex(1 if state.loading and not state.tiles else 0)
        self._rendering = False

    def _offer_window(self, at: QPoint) -> None:
        """The menu of one space, where the pointer or the keyboard asked for it."""
        index = self.list.indexAt(at)
        if not index.isValid():
            return
        space = self.model.tiles[index.row()].space
        menu = QMenu(self.list)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words_ = named(tr("Open here in a new window"), "window-new")
        menu.addAction(words_).triggered.connect(lambda: self.another.emit(space))
        menu.popup(self.list.viewport().mapToGlobal(at))

    def _entered(self, at: QModelIndex) -> None:
        self._presenter.select(self.model.tiles[at.row()].space)

    def _picked(self, now: QModelIndex) -> None:
        chosen = self.list.selectionModel().isSelected(now)  # Tab makes a row current, no more
        if not self._rendering and now.isValid() and chosen:
            self._presenter.select(self.model.tiles[now.row()].space)
