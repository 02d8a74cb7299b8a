"""Below the transfers: the messages that the store does not have yet."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QVBoxLayout

from ui.evidence.state import OutLine
from ui.language import tr, trn
from ui.theme import tokens
from ui.widgets.elided import Elided
from ui.widgets.facts import clear
from ui.widgets.panel import Panel
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_SHOWN: Final = 3


class OutboxPart(Panel):
    """Nothing is shown while nothing waits."""

    def __init__(self) -> None:
        super().__init__("card", margin=tokens.S3, spacing=tokens.S2)
        self._shown: tuple[object, ...] = ()
        self.title = Text("", "strong")
        self.lines = QVBoxLayout()
        self.lines.setSpacing(tokens.S2)
        self.column.addWidget(self.title)
        self.column.addLayout(self.lines)
        reveal(self, False)

    def show_lines(self, lines: tuple[OutLine, ...], count: int) -> None:
        """The first of them, and how many there are."""
        reveal(self, bool(count))
        if (lines, count) == self._shown:
            return
        self._shown = (lines, count)
        self.title.setText(
            trn("{count} message waits to leave", "{count} messages wait to leave", count)
        )
        clear(self.lines)
        for one in lines[:_SHOWN]:
            self.lines.addWidget(Elided(one.what, "dense"))
            self.lines.addWidget(Text(f"{one.where}  ·  {one.why}", "caption", wrap=True))
        more = count - min(len(lines), _SHOWN)
        if more > 0 and lines:
            self.lines.addWidget(Text(tr("and {count} more", count=more), "caption"))
