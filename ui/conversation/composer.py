"""The composer: where a message is written, with what it answers above it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.binding import bind
from ui.conversation.completion import Completion
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.rowviews import ReplyQuote
from ui.conversation.state import ConversationState, ReplyLine, TimelineRow
from ui.conversation.writing import Writing
from ui.language import tr
from ui.shortcuts import key, named
from ui.theme import tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, row
from ui.widgets.text import Text

_LINES = 8


class Composer(Panel):
    """The text, what it answers, and the buttons."""

    def __init__(self, presenter: ConversationPresenter) -> None:
        super().__init__("composer", margin=tokens.S2, spacing=tokens.S1)
        self._presenter = presenter
        self._above: tuple[ReplyLine | None, ReplyLine | None] = (None, None)
        self._rows: tuple[TimelineRow, ...] = ()
        self._reply_column = QVBoxLayout()
        self.edit = Writing(presenter.label)
        self.completion = Completion(self.edit, presenter.choices)
        self.edit.key = self._key
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
        self.up = bind(
            self.edit,
            "edit-last",
            presenter.changing.last,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        self.edit.grow(_LINES)

    def render_state(self, state: ConversationState) -> None:
        """Show the draft and what it answers."""
        if self.edit.written() != state.draft:
            self.edit.show_written(state.draft)
        elif state.rows is not self._rows:
            self._rows = state.rows
            self.edit.relabel()
        self.send.setEnabled(state.can_send)
        self.attach.setEnabled(state.can_attach)
        above = (state.reply, state.changes)
        if above != self._above:
            self._above = above
            clear(self._reply_column)
            if state.changes is not None:
                self._reply_column.addWidget(_ChangeBar(self._presenter))
            elif state.reply is not None:
                self._reply_column.addWidget(_ReplyBar(state.reply, self._presenter))
            if any(above):
                self.edit.setFocus()
        changing = state.changes is not None
        self.send.setText(tr("Change") if changing else tr("Send"))

    def _key(self, event: QKeyEvent) -> bool:
        """The list over the text first; then Escape leaves a message as it is."""
        if self.completion.key(event):
            return True
        if event.key() == Qt.Key.Key_Escape and self._presenter.state.changes is not None:
            self._presenter.changing.cancel()
            return True
        return False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Light the whole frame while the keyboard is in the text."""
        if event.type() == QEvent.Type.FocusOut:
            self.completion.hide()
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("live", event.type() == QEvent.Type.FocusIn)
            self.style().unpolish(self)
            self.style().polish(self)
        return False

    def _changed(self) -> None:
        self.up.setEnabled(not self.edit.toPlainText())
        self._presenter.draft_changed(self.edit.written())
        self.edit.grow(_LINES)


class _ReplyBar(QWidget):
    def __init__(self, reply: ReplyLine, presenter: ConversationPresenter) -> None:
        super().__init__()
        close = IconButton("x", tr("Do not reply to this message"), size=tokens.ICON_SMALL)
        close.clicked.connect(presenter.cancel_reply)
        across = row(ReplyQuote(reply), close)
        across.setStretch(0, 1)
        self.setLayout(across)


class _ChangeBar(QWidget):
    def __init__(self, presenter: ConversationPresenter) -> None:
        super().__init__()
        close = IconButton("x", tr("Leave the message as it is"), size=tokens.ICON_SMALL)
        close.clicked.connect(presenter.changing.cancel)
        what = Text(tr("You change a message. Everybody can see how it was before."), "caption")
        across = row(Glyph("history", 16), what, None, close)
        self.setLayout(across)
        self.setAccessibleName(what.text())
