"""Everything about one message that else shows on hovering: exact times, who has it, what lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from ui.conversation.state import MessageItem, MissingRow
from ui.errors.cards import card_for
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.facts import Fact
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Asking:
    """How the device of an author is asked for what is missing; False: it cannot be asked."""

    tasks: TaskScope
    ask: Callable[[], Awaitable[bool]]


class MessageSheet(Sheet):
    """Shows; where messages are missing before this one, they can be asked for once more."""

    wide = 480

    def __init__(self, parent: QWidget, item: MessageItem, asking: Asking) -> None:
        super().__init__(parent, tr("Details of the message"))
        self._asking = asking
        card = Panel("card", margin=tokens.S4, spacing=tokens.S3)
        author = ", ".join(part for part in (item.author, item.place) if part)
        card.column.addWidget(Fact(tr("Author"), author))
        card.column.addWidget(Fact(tr("Times"), item.exact))
        if item.badge.word:
            card.column.addWidget(Fact(tr("State"), item.badge.word))
        self.body.addWidget(card)
        if item.lacks is not None:
            self.body.addWidget(self._lacking(item.lacks))
        if item.receipts:
            self.body.addWidget(_received(item))
        self.cancel.setFocus()

    def _lacking(self, lacks: MissingRow) -> Panel:
        card = Panel("card", margin=tokens.S4, spacing=tokens.S2)
        card.column.addWidget(Text(lacks.badge.word, "strong", wrap=True))
        card.column.addWidget(Text(lacks.hint, "body", wrap=True))
        card.column.addWidget(Fact(tr("Device of the author"), lacks.device))
        self.again = Button(tr("Ask to resend"), icon="refresh-cw")
        self.again.clicked.connect(self._press)
        self.said = Text("", "caption", wrap=True)
        card.column.addLayout(row(self.again, None))
        card.column.addWidget(self.said)
        return card

    def _press(self) -> None:
        self.again.setEnabled(False)
        self._asking.tasks.start(self._ask(), name="ask-again")

    async def _ask(self) -> None:
        try:
            asked = await self._asking.ask()
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self.notice.show_card(card_for(failure))
            self.again.setEnabled(True)
            return
        if asked:
            self.said.setText(tr("Asked. What comes takes its place in the conversation."))
        else:
            self.said.setText(
                tr("It cannot be asked now: too often already, or the device is gone.")
            )


def _received(item: MessageItem) -> Panel:
    card = Panel("card", margin=tokens.S4, spacing=tokens.S2)
    card.column.addWidget(Text(tr("Received by"), "overline"))
    missing = tr("not yet")
    for name, at in item.receipts:
        have = at != missing
        mark = Glyph("circle-check" if have else "circle", 18, Tone.OK if have else Tone.NEUTRAL)
        across = row(mark, Text(name, "densestrong", wrap=True), Text(at, "caption"))
        across.setStretch(1, 1)
        card.column.addLayout(across)
    return card
