"""Who receives what is handed over: from members to choices, and the card that shows them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from protocol.ids import UserId
from ui.evidence.state import Recipient
from ui.theme import tokens
from ui.widgets.chip import Chip
from ui.widgets.panel import Panel, row
from ui.widgets.text import Text


class RecipientsCard(Panel):
    """A box for everybody; who may not receive says why."""

    def __init__(self, choose: Callable[[UserId, bool], None]) -> None:
        super().__init__("card", margin=tokens.S3)
        self._choose = choose
        self._boxes: dict[bytes, QCheckBox] = {}
        self._people = QVBoxLayout()
        self._people.setSpacing(tokens.S2)
        self.column.addLayout(self._people)

    def show_people(self, recipients: tuple[Recipient, ...]) -> None:
        """Show who there is, and who is chosen."""
        if not self._boxes:
            for one in recipients:
                self._add(one)
        for one in recipients:
            if self._boxes[one.user].isChecked() != one.chosen:
                self._boxes[one.user].setChecked(one.chosen)

    def _add(self, one: Recipient) -> None:
        box = QCheckBox(f"{one.name}  ·  {one.place}")
        box.setEnabled(not one.blocked)
        box.setToolTip(one.blocked)
        box.setAccessibleDescription(one.blocked or one.badge.word)
        box.toggled.connect(lambda on: self._choose(one.user, on))
        self._boxes[one.user] = box
        self._people.addLayout(row(box, None, Chip(one.badge)))
        if one.blocked:
            self._people.addWidget(Text(one.blocked, "caption", wrap=True))
