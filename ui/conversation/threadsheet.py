"""The sheet that lists the threads of a space; Enter opens one beside the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QWidget

from ui.conversation.threads import ThreadsPresenter, ThreadsState
from ui.language import tr, trn
from ui.search.hits import HitsModel, hit_list
from ui.search.state import HitItem
from ui.spaces.state import Tab
from ui.theme import fonts
from ui.widgets.empty import Empty
from ui.widgets.resting import Resting
from ui.widgets.saying import clearable
from ui.widgets.sheet import Sheet
from ui.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from ui.room import Room

_STEPS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Filter(QLineEdit):
    """While one types, the arrows move through the rows, and Enter opens one."""

    def __init__(self, sheet: ThreadsSheet) -> None:
        super().__init__()
        self._sheet = sheet

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """To the list what is of the list."""
        if event.key() in _STEPS:
            self._sheet.list.event(event)
        elif event.key() in _ENTER:
            self._sheet.open_row(self._sheet.list.currentIndex())
        else:
            super().keyPressEvent(event)


class ThreadsSheet(Sheet):
    """Accepted when a thread was opened: then `chosen` is it."""

    wide = 760

    def __init__(self, parent: QWidget, presenter: ThreadsPresenter) -> None:
        super().__init__(parent, tr("Threads"))
        self._presenter = presenter
        self.chosen: HitItem | None = None
        self.told = Resting(self)
        self.model = HitsModel()
        name = tr("Threads, the one answered last first")
        self.list = hit_list(self.model, name, self.open_row, presenter.further)
        self.field = _Filter(self)
        self.field.setAccessibleName(tr("Filter the threads"))
        self.field.setPlaceholderText(tr("Filter the threads"))
        clearable(self.field)
        self.field.textChanged.connect(presenter.filter)
        self.empty = Empty("messages-square", "", "")
        self.stack = QStackedWidget()
        for page in (Skeleton(tr("Reading the threads…")), self.empty, self.list):
            self.stack.addWidget(page)
        self.stack.setMinimumHeight(fonts.px(380))
        self.body.addWidget(self.field)
        self.body.addWidget(self.stack, 1)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.close)
        presenter.begin()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def render_state(self, state: ThreadsState) -> None:
        """Show the rows, or why there are none."""
        self.model.show_items(state.items)
        if state.items and self.list.currentIndex().row() < 0:
            self.list.setCurrentIndex(self.model.index(0, 0))
        self.notice.show_card(state.problem)
        if state.query.strip():
            about = tr("Words are looked for in the first message of a thread and in the names.")
            self.empty.say("messages-square", tr("Nothing found"), about)
        else:
            about = tr("An answer begins a thread with the message it answers.")
            self.empty.say("messages-square", tr("No threads yet"), about)
        waits = state.busy and not state.items
        self.stack.setCurrentIndex(0 if waits else 2 if state.items else 1)
        self.busy.setText(said := _standing(state))
        none = state.query.strip() and not state.busy and not state.items
        self.told.stands(said or (tr("Nothing found") if none else ""))

    def open_row(self, index: QModelIndex) -> None:
        """This thread is the one; not while the rows belong to what was typed before."""
        if index.isValid() and self._presenter.state.fits:
            self.chosen = self.model.items[index.row()]
            self.accept()


def _standing(state: ThreadsState) -> str:
    count = len(state.items)
    if not state.fits or not count:
        return ""
    if state.more:
        return trn(
            "The newest {count}; scroll for older ones",
            "The newest {count}; scroll for older ones",
            count,
        )
    return trn("{count} thread", "{count} threads", count)


def open_threads(room: Room, window: QWidget) -> None:
    """Open the sheet over a window, and then the chosen thread beside the conversation."""
    space = room.conversation.state.space
    if space is None:
        return

    async def ask() -> None:
        sheet = ThreadsSheet(window, room.threads(space))
        if await sheet.shown() and sheet.chosen is not None and sheet.chosen.message is not None:
            room.spaces.show_tab(Tab.CONVERSATION)
            room.thread.open(sheet.chosen.message)

    room.tasks.start(ask(), name="threads-sheet")
