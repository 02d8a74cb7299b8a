"""Everything about one message that else shows on hovering: exact times, and who has it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.conversation.state import MessageItem
from ui.language import tr
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.facts import Fact
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, row
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class MessageSheet(Sheet):
    """Shows; nothing can be done here."""

    wide = 480

    def __init__(self, parent: QWidget, item: MessageItem) -> None:
        super().__init__(parent, tr("Details of the message"))
        card = Panel("card", margin=tokens.S4, spacing=tokens.S3)
        author = ", ".join(part for part in (item.author, item.place) if part)
        card.column.addWidget(Fact(tr("Author"), author))
        card.column.addWidget(Fact(tr("Times"), item.exact))
        if item.badge.word:
            card.column.addWidget(Fact(tr("State"), item.badge.word))
        self.body.addWidget(card)
        if item.receipts:
            self.body.addWidget(_received(item))
        self.cancel.setFocus()


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
