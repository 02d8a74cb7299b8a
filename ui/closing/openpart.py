"""The card that says what is still open before a closing, with a way to each list."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.closing.state import OpenLine
from ui.home.state import Goal
from ui.language import tr
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_GLYPH: Final = 18
_INDENT: Final = _GLYPH + tokens.S3


class OpenPart(Panel):
    """`go` with the place of the list that was asked for; hidden until it was read."""

    go = Signal(Goal)

    def __init__(self) -> None:
        super().__init__("card", margin=tokens.S5, spacing=tokens.S3)
        self._lines: tuple[OpenLine, ...] | None = None
        reveal(self, yes=False)

    def show_lines(self, lines: tuple[OpenLine, ...] | None) -> None:
        """What is open; nothing is said as well. None: not known."""
        reveal(self, lines is not None)
        if lines == self._lines:
            return
        self._lines = lines
        clear(self.column)
        self.column.addWidget(Text(tr("Still open here"), "strong"))
        for one in lines or ():
            self._add(one)
        if lines == ():
            self._say("circle-check", Tone.OK, tr("Nothing. What this computer knows of is done."))
        note = tr("What other members have still to do, only their computers know.")
        self.column.addWidget(Text(note, "caption", wrap=True))

    def _add(self, one: OpenLine) -> None:
        self._say(one.icon, Tone.WARN, one.word)
        for name in one.names:
            self._below(Text(name, "dense", wrap=True, selectable=True))
        if one.more:
            self._below(Text(tr("and {count} more", count=one.more), "caption"))
        to = Button(one.act)
        to.setAccessibleDescription(one.word)
        to.clicked.connect(partial(self.go.emit, one.goal))
        self._put(row(to, None), _INDENT)

    def _say(self, icon: str, tone: Tone, words: str) -> None:
        mark = Glyph(icon, _GLYPH, tone)
        across = row(mark, Text(words, "body", wrap=True), spacing=tokens.S3)
        across.setStretch(1, 1)
        across.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        self._put(across)

    def _below(self, words: Text) -> None:
        words.setContentsMargins(_INDENT, 0, 0, 0)
        self.column.addWidget(words)

    def _put(self, across: QHBoxLayout, left: int = 0) -> None:
        """In a widget of its own, which goes with the line."""
        holder = QWidget()
        across.setContentsMargins(left, 0, 0, 0)
        holder.setLayout(across)
        self.column.addWidget(holder)
