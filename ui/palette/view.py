"""The palette: a field, and below it what fits."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QStackedWidget, QWidget

from ui.language import tr
from ui.palette.presenter import PalettePresenter
from ui.palette.rows import EntriesModel, EntryPainter
from ui.palette.state import Entry, PaletteState
from ui.theme import fonts
from ui.widgets.empty import Empty
from ui.widgets.saying import clearable
from ui.widgets.sheet import Sheet

_STEPS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HIGH: Final = 400


class PaletteSheet(Sheet):
    """Accepted when an entry was chosen: then `chosen` is it."""

    wide = 640

    def __init__(self, parent: QWidget, presenter: PalettePresenter, title: str, hint: str) -> None:
        super().__init__(parent, title)
        self.chosen: Entry | None = None
        self._presenter = presenter
        self._wish = False  # Enter came before what fits was known
        self.field = QLineEdit()
        self.field.setProperty("kind", "large")
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(hint)
        clearable(self.field)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._typed)
        self.model = EntriesModel()
        self.list = QListView()
        self.list.setProperty("kind", "boxed")
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryPainter(self.model, self.list))
        self.list.setAccessibleName(tr("What fits"))
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(self._choose)
        self.list.installEventFilter(self)
        self.empty = Empty("search", tr("Nothing fits"), tr("Try fewer letters, or other ones."))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.list)
        self.stack.setMinimumHeight(fonts.px(_HIGH))
        self.body.addWidget(self.field)
        self.body.addWidget(self.stack, 1)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.field.setFocus()

    def _typed(self, text: str) -> None:
        self._wish = False
        self._presenter.typed(text)

    def render_state(self, state: PaletteState) -> None:
        """Show the rows; what is chosen stays so when only more comes below it."""
        before = self.list.currentIndex().row()
        kept = self.model.items[before] if before >= 0 else None
        same = before > 0 and before < len(state.rows) and state.rows[before] is kept
        self.model.show_items(state.rows)
        if state.rows:
            self.list.setCurrentIndex(self.model.index(before if same else 0, 0))
        self.stack.setCurrentIndex(1 if state.rows or state.looking else 0)
        self.busy.setText(tr("Looking in messages and exhibits…") if state.looking else "")
        self.notice.show_card(state.problem)
        if self._wish and state.ranked == state.text:
            self._choose(self.list.currentIndex())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field the arrows move through the rows, and Enter takes one."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _ENTER and watched in (self.field, self.list):
                self._choose(self.list.currentIndex())
                return True
            if watched is self.field and event.key() in _STEPS and self.model.items:
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)

    def _choose(self, index: QModelIndex) -> None:
        state = self._presenter.state
        self._wish = state.ranked != state.text
        if not self._wish and index.isValid() and not self.model.items[index.row()].why_not:
            self.chosen = self.model.items[index.row()]
            self.accept()
