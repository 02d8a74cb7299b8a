"""The bar over the conversation that searches in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.conversation.finding import FindPresenter, FindState
from ui.language import tr
from ui.shortcuts import named
from ui.theme import fonts, tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.saying import clearable
from ui.widgets.text import Text


class FindBar(Panel):
    """Enter goes to older ones, Shift+Enter to newer ones, Esc closes it. `further`: the sheet."""

    further = Signal()
    closed = Signal()

    def __init__(self, presenter: FindPresenter) -> None:
        super().__init__("header", margin=tokens.S2, spacing=0)
        self._presenter = presenter
        self.field = QLineEdit()
        self.field.setAccessibleName(tr("Find in this conversation"))
        self.field.setPlaceholderText(tr("Find in this conversation"))
        clearable(self.field)
        self.field.setMinimumWidth(fonts.px(280))
        self.field.setMaximumWidth(fonts.px(360))
        self.field.textChanged.connect(presenter.typed)
        self.field.installEventFilter(self)
        self.said = Text("", "caption")
        self.older = IconButton("chevron-up", named(tr("Older"), "find-older"))
        self.older.clicked.connect(lambda: presenter.step(1))
        self.newer = IconButton("chevron-down", named(tr("Newer"), "find-newer"))
        self.newer.clicked.connect(lambda: presenter.step(-1))
        self.more = Button(tr("More ways to find…"), "quiet")
        self.more.clicked.connect(self.further)
        close = IconButton("x", tr("Close the search"), size=tokens.ICON_SMALL)
        close.clicked.connect(self._close)
        parts: tuple[QWidget | None, ...] = (
            self.field, self.older, self.newer, self.said, None, self.more, close,
        )  # fmt: skip
        across = row(*parts)
        across.setContentsMargins(tokens.S4, 0, tokens.S4, 0)
        self.column.addLayout(across)
        presenter.attach(self.render_state)

    def render_state(self, state: FindState) -> None:
        """Show where one is."""
        reveal(self, state.open)
        if self.field.text() != state.text:
            self.field.setText(state.text)
        self.said.setText(state.said)
        for button in (self.older, self.newer):
            button.setEnabled(bool(state.hits))

    def start(self) -> None:
        """Open it, with the keyboard in it."""
        self._presenter.start()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _close(self) -> None:
        self._presenter.close()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Escape in the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self._presenter.step(-1 if back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        return super().eventFilter(watched, event)
