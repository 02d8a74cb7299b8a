"""The search sheet: a field, filters to pick, what was found."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from ui.language import tr, trn
from ui.search.hits import HitsModel, hit_list
from ui.search.presenter import SearchPresenter
from ui.search.state import HitItem, SearchState
from ui.theme import fonts, tokens
from ui.widgets.button import Button
from ui.widgets.empty import Empty
from ui.widgets.panel import row
from ui.widgets.resting import Resting
from ui.widgets.saying import clearable
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

FILTERS: Final = (
    ("from:", "Written or handed over by: from:moreau, from:me"),
    ("in:", "In spaces with this in the title: in:albatross"),
    ("type:", "type:message, type:exhibit, type:image, type:pdf, …"),
    ("exhibit:", "Exhibits whose number begins so: exhibit:E-17"),
    ("tag:", "Exhibits with this tag of yours: tag:phone, tag:none"),
    ("review:", "How far you are: review:new, in-review, reviewed, flagged"),
    ("before:", "Earlier than a day: before:2026-11-02"),
    ("after:", "On a day or later: after:2026-11-02"),
)
_STEPS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_HOW: Final = (
    "Parts of words are enough, in any language; case and accents do not count. "
    "A phrase stands in quotes."
)
_TITLE: Final = "Find messages and exhibits"


class SearchSheet(Sheet):
    """Accepted when a hit was opened: then `chosen` is it."""

    wide = 860

    def __init__(self, parent: QWidget, presenter: SearchPresenter) -> None:
        super().__init__(parent, tr("Find"))
        self._presenter = presenter
        self.chosen: HitItem | None = None
        self.told = Resting(self)
        self.field = QLineEdit()
        self.field.setProperty("kind", "large")
        self.field.setAccessibleName(tr("What to find"))
        self.field.setPlaceholderText(tr("Words, a name, a number, a fact of an exhibit"))
        clearable(self.field)
        self.field.textChanged.connect(presenter.typed)
        self.field.installEventFilter(self)
        self.scope = QComboBox()
        self.scope.setAccessibleName(tr("Where to look"))
        if presenter.state.here is not None:
            self.scope.addItem(tr("In {title}", title=presenter.state.title), False)
        self.scope.addItem(tr("In all spaces"), True)
        self.scope.setMaximumWidth(fonts.px(260))
        self.scope.setCurrentIndex(self.scope.findData(presenter.state.everywhere))
        self.scope.currentIndexChanged.connect(self._scope_picked)
        self.said = Text("", "tone-warn", wrap=True)
        self.model = HitsModel()
        self.list = hit_list(self.model, tr("What was found"), self._open, presenter.more)
        self.list.installEventFilter(self)
        self.empty = Empty("search", tr(_TITLE), tr(_HOW))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.list)
        self.stack.setMinimumHeight(fonts.px(380))
        across = row(self.field, self.scope, spacing=tokens.S3)
        across.setStretch(0, 1)
        self.body.addLayout(across)
        self.body.addLayout(self._filters())
        self.body.addWidget(self.said)
        self.body.addWidget(self.stack, 1)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.field.setFocus()

    def _filters(self) -> QHBoxLayout:
        across = row(Text(tr("Narrow it"), "caption"), spacing=tokens.S1)
        for name, hint in FILTERS:
            button = Button(name, "quiet", hint=tr(hint))
            button.setAccessibleDescription(tr(hint))
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._add_filter, name))
            across.addWidget(button)
        across.addStretch(1)
        return across

    def render_state(self, state: SearchState) -> None:
        """Show the rows, or why there are none."""
        before = self.list.currentIndex().row()
        self.model.show_items(state.hits)
        if state.hits and self.list.currentIndex().row() < 0:
            self.list.setCurrentIndex(self.model.index(max(0, min(before, 0)), 0))
        self.said.setText(state.said)
        self.notice.show_card(state.problem)
        if not state.text.strip():
            self.empty.say("search", tr(_TITLE), tr(_HOW))
        elif state.searched:
            self.empty.say("search", tr("Nothing found"), _advice(state))
        self.stack.setCurrentIndex(1 if state.hits else 0)
        self.busy.setText(said := _standing(state))
        none = state.text.strip() and state.searched and not state.hits
        self.told.stands(said or (tr("Nothing found") if none else ""))

    def _scope_picked(self, at: int) -> None:
        self._presenter.look(everywhere=bool(self.scope.itemData(at)))
        self.field.setFocus()

    def _add_filter(self, name: str) -> None:
        text = self.field.text()
        self.field.setText(f"{text}{' ' if text and not text.endswith(' ') else ''}{name}")
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field the arrows move through the rows, and Enter opens one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and watched in (self.field, self.list):
                self._open(self.list.currentIndex())
                return True
            if watched is self.field and event.key() in _STEPS and self.model.items:
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid() and self._presenter.state.searched:
            self.chosen = self.model.items[index.row()]
            self.accept()


def _advice(state: SearchState) -> str:
    if not state.everywhere:
        return tr("Nothing in this space has all of this. Look in all spaces, or with fewer words.")
    return tr("Nothing here has all of this. Try fewer words, or a part of one.")


def _standing(state: SearchState) -> str:
    """What is said at the foot: how much was found, and whether all of it can be."""
    if state.indexed < 100:
        return tr("Still indexing: {indexed} % of what is here can be found", indexed=state.indexed)
    if not state.searched or not state.hits:
        return ""
    if state.more:
        return trn(
            "The newest {count}; scroll for older ones",
            "The newest {count}; scroll for older ones",
            len(state.hits),
        )
    return trn("{count} found", "{count} found", len(state.hits))
