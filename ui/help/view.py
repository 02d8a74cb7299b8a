"""The window of the help: pages or what was found on the left, the page on the right."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.binding import bind
from ui.help.leaf import Leaf
from ui.help.page import Place
from ui.help.presenter import HelpPresenter
from ui.help.state import HelpState
from ui.language import chosen, mark, tr
from ui.language.catalogue import SOURCE
from ui.shortcuts import named
from ui.theme import fonts, tokens
from ui.widgets.brand import window_icon
from ui.widgets.button import IconButton
from ui.widgets.panel import Panel, row
from ui.widgets.reading import InOrder
from ui.widgets.reveal import reveal
from ui.widgets.saying import clearable
from ui.widgets.screenroom import screen_room
from ui.widgets.text import Text

_SIZE: Final = QSize(980, 720)
_LIST: Final = 300
_ENGLISH: Final = mark("What is not translated yet stands here in English.")
_DRAFT: Final = mark("Translated by a machine. Native speakers have not read it yet.")
_AT: Final = Qt.ItemDataRole.UserRole
_STEPS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HelpWindow(InOrder, QWidget):
    """Stands beside the others: no sheet that is open over them blocks it."""

    closed = Signal()

    def __init__(self, presenter: HelpPresenter) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._presenter = presenter
        self._rows: object = None
        self._turn = -1
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Help"))
        self.setWindowIcon(window_icon())
        self.setMinimumSize(QSize(680, 460))
        self.resize(_SIZE.boundedTo(screen_room(self).size()))
        self.leaf = Leaf()
        self.leaf.followed.connect(presenter.go)
        presenter.reading = self.leaf.verticalScrollBar().value
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._side())
        ground = Panel("window")
        ground.column.addWidget(self.leaf)
        across.addWidget(ground, 1)
        for name, act in (
            ("help-back", partial(presenter.step, -1)),
            ("help-on", partial(presenter.step, 1)),
            ("find-here", self._look),
        ):
            bind(self, name, act)
        presenter.attach(self.render_state)
        self.field.setFocus()

    def _side(self) -> Panel:
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Search the help"))
        self.field.setAccessibleName(named(tr("Search the help"), "find-here"))
        clearable(self.field)
        self.field.textChanged.connect(self._presenter.typed)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setProperty("kind", "help")
        self.list.setAccessibleName(tr("Pages of the help"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._open)
        self.list.itemActivated.connect(self._open)
        self.back = IconButton("arrow-left", named(tr("Back"), "help-back"))
        self.back.clicked.connect(partial(self._presenter.step, -1))
        self.none = Text("", "secondary", wrap=True)
        self.english = Text(tr(_ENGLISH), "caption", wrap=True)
        side = Panel("sidebar")
        side.setFixedWidth(fonts.px(_LIST))
        column = QVBoxLayout()
        column.setContentsMargins(tokens.S4, tokens.S4, tokens.S4, tokens.S3)
        column.setSpacing(tokens.S3)
        top = row(self.back, self.field)
        top.setStretch(1, 1)
        column.addLayout(top)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)
        column.addWidget(self.english)
        if chosen() != SOURCE:
            column.addWidget(Text(tr(_DRAFT), "caption", wrap=True))
        side.column.addLayout(column)
        return side

    def go(self, at: Place) -> None:
        """Open a place."""
        self._presenter.go(at)

    def render_state(self, state: HelpState) -> None:
        """Show the list and the page."""
        if state.rows is not self._rows:
            self._rows = state.rows
            self.list.clear()
            for one in state.rows:
                item = QListWidgetItem(f"{one.title}\n{one.excerpt}" if one.excerpt else one.title)
                item.setData(_AT, one.at)
                self.list.addItem(item)
        self.list.setCurrentRow(state.chosen)
        self.none.setText("" if state.rows else tr("Nothing here has all of this."))
        reveal(self.none, not state.rows)
        self.back.setEnabled(state.back)
        reveal(self.english, state.page.english)
        if state.turn != self._turn:  # while something is looked for the page stays as it is
            self._turn = state.turn
            self.leaf.show_page(state.page, state.at.section, state.down)

    def _open(self, item: QListWidgetItem) -> None:
        self._presenter.go(item.data(_AT))

    def _look(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties the field, then closes the window."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.field.text():
            self.field.clear()
            self.field.setFocus()
        else:
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field the arrows move through the rows, and Enter opens one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _STEPS and self.list.count():
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(
                    max(0, min(self.list.currentRow() + by, self.list.count() - 1))
                )
                return True
            if event.key() in _ENTER and self.list.count():
                self._open(self.list.item(max(0, self.list.currentRow())))
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever opened it opens another one next time."""
        self._presenter.detach()
        self.closed.emit()
        super().closeEvent(event)
