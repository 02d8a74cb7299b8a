"""The conversation: timeline above, composer below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from protocol.ids import FileId, MessageId
from ui.binding import bind
from ui.conversation.keycards import KeyCards
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.rowviews import ReplyQuote
from ui.conversation.state import ConversationState, Goal, ReplyLine
from ui.conversation.timeline import Timeline
from ui.language import tr
from ui.shortcuts import key, named
from ui.theme import tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.empty import Empty
from ui.widgets.facts import clear
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text

_LINES = 8


class ConversationView(QWidget):
    """Everything of the first tab."""

    attach = Signal()

    def __init__(
        self,
        presenter: ConversationPresenter,
        show_exhibit: Callable[[FileId], None],
        keys: KeyCards,
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._space: object = None
        self._goal: Goal | None = None
        self.timeline = Timeline()
        self.timeline.reply.connect(lambda one: presenter.reply_to(MessageId(one)))
        self.timeline.show_exhibit.connect(lambda one: show_exhibit(FileId(one)))
        self.timeline.older.connect(presenter.older)
        self.timeline.newer.connect(presenter.newer)
        self.empty = Empty(
            "messages-square",
            tr("Nothing has been said here yet"),
            tr(
                "Say who you are and what you need first. Only the members of this space can "
                "read it."
            ),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(Skeleton(tr("Reading the conversation…")))
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.timeline)
        self.notice = Notice()
        self.notice.dismissed.connect(presenter.dismiss)
        self.keys = keys
        self.composer = _Composer(presenter)
        self.composer.attach.clicked.connect(self.attach)
        self.closed = Text("", "secondary", wrap=True)
        self.closed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()
        self._bind()
        presenter.attach(self.render_state)

    def _build(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(tokens.S5, tokens.S2, tokens.S5, tokens.S4)
        foot.setSpacing(tokens.S2)
        foot.addWidget(self.keys)
        foot.addWidget(self.notice)
        foot.addWidget(self.composer)
        foot.addWidget(self.closed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)

    def _bind(self) -> None:
        near = Qt.ShortcutContext.WidgetWithChildrenShortcut
        bind(self.composer, "send", self._presenter.send, context=near)
        here = Qt.ShortcutContext.WidgetShortcut
        line = self.timeline
        bind(line, "message-next", lambda: line.step(1), context=here)
        bind(line, "message-previous", lambda: line.step(-1), context=here)
        bind(line, "message-reply", line.reply_current, context=here)
        bind(line, "message-copy", line.copy_current, context=here)

    def render_state(self, state: ConversationState) -> None:
        """Show the timeline and the composer."""
        moved = state.space != self._space
        self._space = state.space
        self.timeline.show_rows(state.rows, has_older=state.has_older, has_newer=state.has_newer)
        for button in (self.timeline.older_button, self.timeline.newer_button):
            button.setEnabled(not state.loading_older)
        self.stack.setCurrentIndex(2 if state.rows else 0 if state.loading else 1)
        self.notice.show_card(state.problem)
        reveal(self.composer, state.writable)
        reveal(self.closed, bool(state.why_not) and not state.writable)
        self.closed.setText(state.why_not)
        self.composer.render_state(state)
        if moved:
            self.timeline.to_end()
        if state.goal != self._goal:
            self._goal = state.goal
            if state.goal is not None:
                self.timeline.go_to(state.goal.key)
                return
        if state.writable and self.isVisible() and self.window().focusWidget() in (None, self):
            self.composer.edit.setFocus()  # it was not there yet when the room was entered


class _Composer(Panel):
    def __init__(self, presenter: ConversationPresenter) -> None:
        super().__init__("composer", margin=tokens.S2, spacing=tokens.S1)
        self._presenter = presenter
        self._reply: ReplyLine | None = None
        self._reply_column = QVBoxLayout()
        self.edit = QPlainTextEdit()
        self.edit.setProperty("kind", "bare")
        self.edit.setAccessibleName(tr("Message"))
        self.edit.setPlaceholderText(tr("Write a message"))
        self.edit.setTabChangesFocus(True)
        self.edit.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.edit.textChanged.connect(self._changed)
        self.edit.installEventFilter(self)
        self.attach = IconButton("paperclip", named(tr("Hand over evidence"), "evidence-add"))
        self.send = Button(tr("Send"), "primary", icon="send", hint=named(tr("Send"), "send"))
        self.send.clicked.connect(presenter.send)
        hint = Text(tr("{label} sends", label=key("send").label), "caption")
        self.column.addLayout(self._reply_column)
        self.column.addWidget(self.edit)
        self.column.addLayout(row(self.attach, None, hint, self.send, spacing=tokens.S3))
        self._grow()

    def render_state(self, state: ConversationState) -> None:
        if self.edit.toPlainText() != state.draft:
            self.edit.setPlainText(state.draft)
            self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)
        self.send.setEnabled(state.can_send)
        self.attach.setEnabled(state.can_attach)
        if state.reply != self._reply:
            self._reply = state.reply
            clear(self._reply_column)
            if state.reply is not None:
                self._reply_column.addWidget(_ReplyBar(state.reply, self._presenter))
                self.edit.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Light the whole frame while the keyboard is in the text."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("live", event.type() == QEvent.Type.FocusIn)
            self.style().unpolish(self)
            self.style().polish(self)
        return False

    def _changed(self) -> None:
        self._presenter.draft_changed(self.edit.toPlainText())
        self._grow()

    def _grow(self) -> None:
        lines = min(_LINES, max(2, self.edit.document().blockCount()))
        step = QFontMetrics(self.edit.font()).lineSpacing()
        self.edit.setFixedHeight(lines * step + 18)


class _ReplyBar(QWidget):
    def __init__(self, reply: ReplyLine, presenter: ConversationPresenter) -> None:
        super().__init__()
        close = IconButton("x", tr("Do not reply to this message"), size=tokens.ICON_SMALL)
        close.clicked.connect(presenter.cancel_reply)
        across = row(ReplyQuote(reply), close)
        across.setStretch(0, 1)
        self.setLayout(across)
