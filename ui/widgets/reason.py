"""Asks why something is done that touches evidence and cannot be taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from protocol.limits import MAX_REASON_CHARS
from ui import words
from ui.language import tr
from ui.widgets.confirm import Confirm
from ui.widgets.field import Field


class ReasonField(Field):
    """A line for a reason, as long as a record may hold."""

    def __init__(self, hint: str, *, placeholder: str = "") -> None:
        super().__init__(tr("Reason"), hint=hint, placeholder=placeholder)
        self.edit.setMaxLength(MAX_REASON_CHARS)
        self.edit.textChanged.connect(self._look)

    def reason(self) -> str:
        """What was typed, trimmed; empty while it is no reason."""
        typed = self.text().strip()
        return typed if words.plain(typed) == typed else ""

    def _look(self) -> None:
        hidden = bool(self.text().strip()) and not self.reason()
        self.complain(tr("It holds hidden characters. Type it anew.") if hidden else "")


class AskReason(Confirm):
    """What will happen, one line per effect, and a line for the reason; without one it stays."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        effects: tuple[str, ...],
        *,
        action: str,
        cancel: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(parent, title, effects, action=action, cancel=cancel)
        self.reason = ReasonField(hint or tr("It stays in the log of everybody concerned."))
        self.reason.edit.textChanged.connect(self._typed)
        self.reason.edit.returnPressed.connect(self._go)
        self.body.addWidget(self.reason)
        self.body.addStretch(1)
        self.reason.edit.setFocus()
        self._typed()

    def _typed(self) -> None:
        self.action.setEnabled(bool(self.reason.reason()))

    def _go(self) -> None:
        if self.action.isEnabled():
            self.accept()

    async def asked(self) -> str:
        """Open it; the reason, or nothing when the person did not go on."""
        given = self.reason.reason
        said: list[str] = []
        self.accepted.connect(lambda: said.append(given()))
        return said[0] if await self.shown() and said else ""
