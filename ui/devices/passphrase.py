"""Asks for a reason and the passphrase before something that only its owner may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QWidget

from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.passphrase import PassphraseField
from ui.widgets.reason import ReasonField
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class AskPassphrase(Sheet):
    """Names what will be done, asks why, and does it when the passphrase is right.

    Args:
        act: does it, given passphrase and reason; returns what is wrong with the passphrase, empty
            when it was right.
    """

    wide = 540

    def __init__(
        self,
        parent: QWidget,
        title: str,
        effects: tuple[str, ...],
        act: Callable[[str, str], Awaitable[str]],
        tasks: TaskScope,
        *,
        action: str,
    ) -> None:
        super().__init__(parent, title, action=action, kind="danger")
        self._act = act
        self._tasks = tasks
        for effect in effects:
            line = row(
                Glyph("circle-alert", 18, Tone.DANGER),
                Text(effect, "body", wrap=True),
                spacing=tokens.S3,
            )
            line.setStretch(1, 1)
            self.body.addLayout(line)
        self.reason = ReasonField(tr("Members of your spaces see it. It stays in their logs."))
        self.reason.edit.textChanged.connect(self._ready)
        self.passphrase = PassphraseField(tr("Your passphrase"))
        self.passphrase.changed.connect(self._typed)
        self.passphrase.entered.connect(self._go)
        self.action.clicked.connect(self._go)
        self.body.addWidget(self.reason)
        self.body.addWidget(self.passphrase)
        self.body.addStretch(1)
        self.reason.edit.setFocus()
        self._typed()

    def _typed(self) -> None:
        self.passphrase.complain("")
        self._ready()

    def _ready(self) -> None:
        self.action.setEnabled(bool(self.passphrase.text() and self.reason.reason()))

    def _go(self) -> None:
        if self.passphrase.text() and self.action.isEnabled():
            self._tasks.start(self._try(), name="ask-passphrase")

    async def _try(self) -> None:
        self.action.setEnabled(False)
        self.busy.setText(tr("Checking…"))
        wrong = await self._act(self.passphrase.text(), self.reason.reason())
        self.busy.setText("")
        if not wrong:
            self.passphrase.clear()
            self.accept()
            return
        self.action.setEnabled(True)
        self.passphrase.complain(wrong)
        self.passphrase.edit.selectAll()
        self.passphrase.edit.setFocus()
