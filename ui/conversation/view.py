"""The conversation: timeline above, composer below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from protocol.ids import FileId, MessageId, SpaceId
from ui.binding import bind
from ui.collecting import later
from ui.conversation.composer import Composer
from ui.conversation.findbar import FindBar
from ui.conversation.finding import FindPresenter
from ui.conversation.keycards import KeyCards
from ui.conversation.pages import PLACE
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.state import ConversationState, Goal, MessageItem
from ui.conversation.thread import ThreadPresenter
from ui.conversation.threadview import ThreadView
from ui.conversation.timeline import Timeline
from ui.language import tr, trn
from ui.shortcuts import key
from ui.theme import tokens
from ui.watching import unseen
from ui.widgets.button import Button
from ui.widgets.empty import Empty
from ui.widgets.notice import Notice
from ui.widgets.reveal import reveal
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text

_ROWS: Final = 2  # of the pages
_MOMENT_MS: Final = 150


class ConversationView(QWidget):
    """Everything of the first tab."""

    attach = Signal()
    person = Signal(object)
    versions = Signal(bytes)
    gap = Signal(bytes)

    def __init__(
        self,
        presenter: ConversationPresenter,
        show_exhibit: Callable[[FileId], None],
        keys: KeyCards,
        finding: FindPresenter,
        thread: ThreadPresenter,
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._space: SpaceId | None = None
        self._goal: Goal | None = None
        self.timeline = Timeline()
        self._wire(self.timeline, show_exhibit)
        self.empty = _nothing()
        self._make_pages()
        self._finding = finding
        self.finder = FindBar(finding)
        self.finder.closed.connect(self.timeline.setFocus)
        finding.marked = lambda marks: self.timeline.mark(marks, finding.state.now)
        self._thread = thread
        self.side = ThreadView(thread, presenter)
        self.side.closed.connect(self.timeline.setFocus)
        self._wire(self.side.timeline, show_exhibit)
        self.unread = Button("", "quiet", icon="chevron-up", hint=key("unread-first").label)
        self.unread.clicked.connect(presenter.to_unread)
        self.notice = Notice()
        self.notice.dismissed.connect(presenter.dismiss)
        self.keys = keys
        self.composer = Composer(presenter)
        self.composer.attach.clicked.connect(self.attach)
        self.closed = Text("", "secondary", wrap=True)
        self.closed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()
        self._bind()
        presenter.attach(self.render_state)

    def note_place(self) -> None:
        """Remember which message is read."""
        reading = _reading(self.timeline)
        if self._space is not None and reading is not None:
            self._presenter.left.note(self._space, PLACE, reading)

    def _wire(self, line: Timeline, show_exhibit: Callable[[FileId], None]) -> None:
        presenter = self._presenter
        line.reply.connect(lambda one: presenter.reply_to(MessageId(one)))
        line.show_exhibit.connect(lambda one: show_exhibit(FileId(one)))
        line.edit.connect(lambda one: presenter.changing.begin(MessageId(one)))
        line.versions.connect(self.versions)
        line.gap.connect(self.gap)
        line.show_thread.connect(lambda one: self._thread.open(MessageId(one)))
        line.show_person.connect(self.person)
        line.older.connect(presenter.older)
        line.newer.connect(presenter.newer)

    def _build(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(tokens.S5, tokens.S2, tokens.S5, tokens.S4)
        foot.setSpacing(tokens.S2)
        foot.addWidget(self.keys)
        foot.addWidget(self.notice)
        foot.addWidget(self.composer)
        foot.addWidget(self.closed)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        across.addLayout(column, 1)
        across.addWidget(self.side)
        column.addWidget(self.finder)
        column.addWidget(self.unread, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The thread beside it gives way."""
        super().resizeEvent(event)
        self.side.make_room(self.width())

    def _bind(self) -> None:
        near = Qt.ShortcutContext.WidgetWithChildrenShortcut
        bind(self, "find-older", lambda: self._finding.step(1), context=near)
        bind(self, "find-newer", lambda: self._finding.step(-1), context=near)
        bind(self, "unread-first", self._presenter.to_unread, context=near)
        bind(self, "send", self._send, context=near, why_not=self._unsent)
        here = Qt.ShortcutContext.WidgetShortcut
        line = self.timeline
        bind(line, "message-next", lambda: line.step(1), context=here)
        bind(line, "message-previous", lambda: line.step(-1), context=here)
        bind(line, "message-newest", self._newest, context=here)
        for name, act in (
            ("message-reply", line.answer),
            ("message-edit", line.change),
            ("message-thread", line.open_thread),
            ("message-versions", line.history),
        ):
            bind(line, name, partial(line.on_current, act), context=here, why_not=self._unselected)
        bind(line, "message-open", self._open, context=here, why_not=self._unselected)
        bind(line, "message-copy", line.copy_current, context=here, why_not=self._unselected)

    def _newest(self) -> None:
        if self._presenter.newest():
            self.timeline.to_end()  # where it will stand
        else:
            self.timeline.to_newest()

    def _unsent(self) -> str:
        return "" if self._presenter.state.can_send else tr("There is nothing to send.")

    def _unselected(self) -> str:
        return "" if self.timeline.current() is not None else tr("No message is selected.")

    def _open(self) -> None:
        view = self.timeline.current()
        if view is not None and view.item.exhibit is not None:
            self.timeline.show_exhibit.emit(view.item.exhibit.file)

    def _send(self) -> None:
        """In the thread what is written there, else the message."""
        if self.side.edit.hasFocus():
            self._thread.send()
        else:
            self._presenter.send()

    def _make_pages(self) -> None:
        self.stack = QStackedWidget()
        self.stack.addWidget(Skeleton(tr("Reading the conversation…")))
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.timeline)
        self.stack.addWidget(QWidget())  # nothing, for the moment a conversation takes to be read
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_MOMENT_MS)
        self._patience.timeout.connect(self._say_waiting)

    def _say_waiting(self) -> None:
        self.stack.setCurrentIndex(0)

    def _turn(self, state: ConversationState) -> None:
        """Rows, nothing said yet, or being read: which is said only where it takes a while."""
        waits = state.loading and not state.rows
        if not waits:
            self._patience.stop()
        elif self.stack.currentIndex() == _ROWS:
            self._patience.start()
        held = waits and self._patience.isActive()
        self.stack.setCurrentIndex(_ROWS if state.rows else 3 if held else 0 if waits else 1)

    @unseen()
    def render_state(self, state: ConversationState) -> None:
        """Show the timeline and the composer."""
        moved = state.space != self._space
        if moved:
            self.note_place()
        self._space = state.space
        if moved:
            later()
        if not state.rows:  # hundreds of rows are put away at once where nobody sees them
            self._turn(state)
        self.timeline.show_rows(state.rows, has_older=state.has_older, has_newer=state.has_newer)
        said = [one for one in state.rows if isinstance(one, MessageItem) and one.text]
        self._finding.loaded([(one.message, one.text) for one in said])
        for button in (self.timeline.older_button, self.timeline.newer_button):
            button.setEnabled(not state.loading_older)
        self._turn(state)
        reveal(self.unread, bool(state.unread))
        self.unread.setText(
            trn("{count} new: go to the first", "{count} new: go to the first", state.unread)
        )
        self.notice.show_card(state.problem)
        reveal(self.composer, state.writable)
        reveal(self.closed, bool(state.why_not) and not state.writable)
        self.closed.setText(state.why_not)
        self.composer.render_state(state)
        self._thread.above_changed()
        if moved:
            self.timeline.to_end()
        if state.goal != self._goal:
            self._goal = state.goal
            if state.goal is not None:
                goal = state.goal
                self.timeline.go_to(goal.key, quiet=goal.quiet, top=goal.top)
                if not goal.top:
                    return
        if state.writable and self.isVisible() and self.window().focusWidget() in (None, self):
            self.composer.edit.setFocus()  # it was not there yet when the room was entered


def _reading(line: Timeline) -> str | None:
    """The first message in sight, empty at the end; None: nobody has seen these rows yet."""
    bar, views = line.verticalScrollBar(), line.message_views()
    unseen = not line.isVisible() and bar.maximum() == 0
    if not views or not line.built or line.waits or unseen:
        return None
    if line.at_end and line.newer_button.isHidden():
        return ""
    seen = (one for one in views if one.geometry().bottom() > bar.value())
    return next((one.item.message.hex() for one in seen), "")


def _nothing() -> Empty:
    return Empty(
        "messages-square",
        tr("Nothing has been said here yet"),
        tr("Say who you are and what you need first. Only the members of this space can read it."),
    )
