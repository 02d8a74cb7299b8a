"""The side column of a thread: its messages, and a composer of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.conversation.completion import Completion
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.thread import ThreadPresenter, ThreadState
from ui.conversation.timeline import Timeline
from ui.conversation.writing import Writing
from ui.language import tr
from ui.shortcuts import named
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.button import Button, IconButton
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_WIDE, _NARROW, _ROOMY = 380, 300, 900  # px at 100 %
_LINES = 6


class ThreadView(QWidget):
    """Hidden while no thread is open. Esc in its text closes it."""

    closed = Signal()

    def __init__(self, presenter: ThreadPresenter, beside: ConversationPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.make_room(0)
        self.setAccessibleName(tr("Thread"))
        self.standing = Text("", "caption")
        self.timeline = Timeline()
        self.timeline.setAccessibleName(tr("Messages of the thread"))
        self.edit = Writing(beside.label)
        self.edit.setProperty("kind", "bare")
        self.edit.setAccessibleName(tr("Answer in the thread"))
        self.edit.setPlaceholderText(tr("Answer in the thread"))
        self.edit.setTabChangesFocus(True)
        self.completion = Completion(self.edit, beside.choices)
        self.edit.key = self._key
        self.edit.textChanged.connect(self._changed)
        self.edit.installEventFilter(self)
        self.send = Button(tr("Send"), "primary", icon="send", hint=named(tr("Send"), "send"))
        self.send.clicked.connect(presenter.send)
        self.notice = Notice(closable=False)
        self._build()
        self.edit.grow(_LINES)
        presenter.attach(self.render_state)

    def make_room(self, room: int) -> None:
        """Give way where the conversation beside it needs what room there is (px for both)."""
        self.setFixedWidth(fonts.px(_WIDE if room >= fonts.px(_ROOMY) else _NARROW))

    def _build(self) -> None:
        close = IconButton("x", tr("Close the thread"), size=tokens.ICON_SMALL)
        close.clicked.connect(self._close)
        head = Panel("header", margin=tokens.S2)
        across = row(Text(tr("Thread"), "strong"), self.standing, None, close)
        across.setContentsMargins(tokens.S3, 0, 0, 0)
        head.column.addLayout(across)
        self.composer = composer = Panel("composer", margin=tokens.S2, spacing=tokens.S1)
        composer.column.addWidget(self.edit)
        composer.column.addLayout(row(None, self.send))
        foot = QVBoxLayout()
        foot.setContentsMargins(tokens.S3, tokens.S2, tokens.S3, tokens.S4)
        foot.addWidget(self.notice)
        foot.addWidget(composer)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.timeline, 1)
        column.addLayout(foot)

    def render_state(self, state: ThreadState) -> None:
        """Show the thread, or nothing."""
        fresh = state.root is not None and not self.isVisible()
        reveal(self, state.root is not None)
        self.timeline.show_rows(state.rows, has_older=False)
        self.standing.setText(state.standing)
        self.notice.show_card(state.problem)
        if self.edit.written() != state.draft:
            self.edit.show_written(state.draft)
        self.send.setEnabled(state.can_send)
        if fresh:
            self.timeline.to_end()
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Light the frame while the keyboard is in the text; the list of names goes with it."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.composer.setProperty("live", event.type() == QEvent.Type.FocusIn)
            self.composer.style().unpolish(self.composer)
            self.composer.style().polish(self.composer)
        if event.type() == QEvent.Type.FocusOut:
            self.completion.hide()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline between the thread and the conversation."""
        painter = QPainter(self)
        painter.fillRect(0, 0, 1, self.height(), QColor(palette().hairline))
        painter.end()

    def _key(self, event: QKeyEvent) -> bool:
        if self.completion.key(event):
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            return True
        return False

    def _close(self) -> None:
        self._presenter.close()
        self.closed.emit()

    def _changed(self) -> None:
        self._presenter.draft_changed(self.edit.written())
        self.edit.grow(_LINES)
