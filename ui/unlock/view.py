"""The unlock card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSysInfo, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.language import tr
from ui.theme import fonts, tokens
from ui.unlock.presenter import UnlockPresenter
from ui.unlock.state import UnlockState
from ui.widgets.brand import Brand
from ui.widgets.button import Button
from ui.widgets.language import LanguageButton
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.passphrase import PassphraseField
from ui.widgets.reveal import reveal
from ui.widgets.text import Text
from ui.words import plain

_LOOK_MS: Final = 2_000


def computer() -> str:
    """What the system calls this computer: over a far screen one does not see which it is."""
    return plain(QSysInfo.machineHostName())


class UnlockView(QWidget):
    """A centred card, 420 px wide; `words` when the passphrase is forgotten."""

    words = Signal()
    language = Signal(str)

    def __init__(
        self, presenter: UnlockPresenter, place: str, carrying: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._carrying = carrying
        self.card = Panel("card", margin=tokens.S6, spacing=tokens.S4)
        self.card.setFixedWidth(fonts.px(420))
        self.passphrase = PassphraseField(tr("Passphrase"))
        self.passphrase.entered.connect(self._go)
        self.button = Button(tr("Unlock"), "primary", icon="lock-open")
        self.button.setDefault(True)
        self.button.clicked.connect(self._go)
        self.busy = Text("", "caption", wrap=True)
        self.notice = Notice(closable=False)
        self.card.column.addLayout(self._head(computer() if place else ""))
        self.card.column.addSpacing(tokens.S2)
        self.card.column.addWidget(self.passphrase)
        self.card.column.addLayout(row(self.busy, None, self.button))
        self.card.column.addWidget(self.notice)
        self.forgotten = Button(tr("Use my recovery words…"), "quiet", icon="key")
        self.forgotten.clicked.connect(self.words)
        self.card.column.addLayout(row(self.forgotten, None))
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.S5, tokens.S5, tokens.S5, tokens.S5)
        column.addStretch(3)
        column.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(tokens.S3)
        column.addWidget(_foot(place), 0, Qt.AlignmentFlag.AlignHCenter)
        self._spoken(column)
        column.addStretch(4)
        self._look_often()
        presenter.attach(self.render_state)

    def _head(self, named: str) -> QHBoxLayout:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(Text(tr("JIT Client is locked"), "title", wrap=True))
        self.keys = Text("", "secondary", wrap=True)
        names.addWidget(self.keys)
        self.computer = Text(named, "caption", wrap=True)
        reveal(self.computer, bool(named))
        names.addWidget(self.computer)
        head = row(Brand(44), spacing=tokens.S4)
        head.addLayout(names, 1)
        return head

    def _spoken(self, column: QVBoxLayout) -> None:
        button = LanguageButton()
        button.picked.connect(self.language)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def _look_often(self) -> None:
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(_LOOK_MS)
        self.look()

    def look(self) -> None:
        """Say whether transfers go on beside the locked window."""
        text = tr("Its keys are not in memory.")
        if self._carrying():
            text = tr("Transfers go on. Keys of uploads are in memory, and no others.")
        self.keys.setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Ready to type."""
        super().showEvent(event)
        self.passphrase.edit.setFocus()

    def render_state(self, state: UnlockState) -> None:
        """Show what goes on."""
        tried = not state.busy and not self.passphrase.isEnabled()
        self.passphrase.setEnabled(not state.busy)
        self.button.setEnabled(not state.busy)
        self.busy.setText(
            state.doing or tr("Opening the keys. This takes a moment on purpose.")
            if state.busy
            else ""
        )
        self.passphrase.complain(state.wrong)
        self.notice.show_card(state.problem)
        if state.wrong or tried:  # A disabled field loses the keyboard, whatever the answer was.
            self.passphrase.edit.setFocus()
            self.passphrase.edit.selectAll()

    def _go(self) -> None:
        self._presenter.unlock(self.passphrase.text())


def _foot(place: str) -> Text:
    foot = Text(
        tr("Data on this computer: {place}", place=place), "caption", wrap=True, selectable=True
    )
    foot.setAlignment(Qt.AlignmentFlag.AlignCenter)
    foot.setFixedWidth(fonts.px(420))
    return foot
