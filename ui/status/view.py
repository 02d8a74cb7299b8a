"""The strip at the foot of the window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.language import tr
from ui.shortcuts import named
from ui.status.presenter import StatusPresenter
from ui.status.state import StatusState
from ui.theme import fonts, tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.elided import Elided
from ui.widgets.glyph import Glyph
from ui.widgets.hover import hover
from ui.widgets.panel import Panel
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.words import Badge

_RIGHT: Final = Qt.TextElideMode.ElideRight
_SHEET: Final = (
    "Without a recovery sheet a forgotten passphrase ends this profile. Press here to make one."
)
_KEYRING: Final = (
    "This computer has no keyring: the passphrase alone opens the keys, and an old copy of the "
    "whole profile is not noticed."
)


class StatusView(Panel):
    """Connection, last synchronisation, transfers on the left; retention, verification right.

    `recovery_sheet` when somebody presses that there is none.
    """

    recovery_sheet = Signal()

    def __init__(self, presenter: StatusPresenter) -> None:
        super().__init__("footer")
        self.setFixedHeight(max(tokens.STRIP_HEIGHT, fonts.px(tokens.STRIP_HEIGHT)))
        self.setAccessibleName(tr("Status"))
        self.connection = _Item(tr("Connection"))
        self.synced = Elided("", "caption", mode=_RIGHT)
        self.transfers = _Item(tr("Transfers"))
        self.notice = Elided("", "caption", mode=_RIGHT)
        self.undo = Button(tr("Undo"), "strip", hint=named(tr("Undo"), "undo"))
        self.undo.clicked.connect(presenter.undo)
        self.keyring = _Item(tr("Keyring"))
        self.sheet = Button(tr("No recovery sheet"), "strip", icon="key", hint=tr(_SHEET))
        self.sheet.clicked.connect(self.recovery_sheet)
        self.retention = _Item(tr("Retention"))
        self.security = _Item(tr("Verification"))
        again = IconButton("refresh-cw", named(tr("Synchronise now"), "sync"), size=14)
        again.setFixedSize(24, 24)
        again.clicked.connect(presenter.sync_now)
        across = QHBoxLayout()
        across.setContentsMargins(tokens.S4, 0, tokens.S4, 0)
        across.setSpacing(tokens.S4)
        across.addWidget(self.connection)
        across.addWidget(self.synced)
        across.addWidget(again)
        across.addWidget(self.transfers)
        across.addWidget(self.notice)
        across.addWidget(self.undo)
        across.addStretch(1)
        for one in (self.sheet, self.keyring, self.retention, self.security):
            across.addWidget(one)
        self.column.addLayout(across)
        presenter.attach(self.render_state)

    def render_state(self, state: StatusState) -> None:
        """Show the facts."""
        self.connection.show_badge(state.connection)
        self.connection.setToolTip(hover(state.problem))
        self.synced.setText(state.synced)
        self.transfers.show_badge(state.transfers)
        self._announce(state.notice)
        reveal(self.undo, state.undo)
        reveal(self.sheet, not state.sheet)
        alone = state.sheet and not state.keyring  # the graver of the two is said first
        self.keyring.show_badge(Badge(tr("No keyring"), "key") if alone else Badge("", ""))
        self.keyring.setToolTip(tr(_KEYRING))
        self.retention.show_badge(state.retention)
        self.security.show_badge(state.security)

    def _announce(self, notice: str) -> None:
        """Show a short word, and say it to screen readers without taking the keyboard."""
        if notice and notice != self.notice.text():
            tell(self, notice)
        self.notice.setText(notice)


class _Item(QWidget):
    """Icon and words."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._glyph = Glyph("", 14)
        self._words = Elided("", "caption", mode=_RIGHT)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(6)
        across.addWidget(self._glyph)
        across.addWidget(self._words)

    @property
    def text(self) -> str:
        """The words shown."""
        return self._words.text()

    def show_badge(self, badge: Badge) -> None:
        """Show another fact."""
        self._glyph.show_icon(badge.icon, badge.tone)
        self._words.setText(badge.word)
        self._words.restyle(f"tone-{badge.tone.value}")
        self.setAccessibleName(f"{self._name}: {badge.word}")
        reveal(self, bool(badge.word))
