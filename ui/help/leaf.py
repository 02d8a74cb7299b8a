"""A page of the help in widgets of the house; no markup is read while it is drawn."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.help.page import Block, Link, Page, Pair, Section
from ui.help.page import Words as Said
from ui.language import tr
from ui.theme import fonts, tokens
from ui.widgets.button import Button
from ui.widgets.facts import clear
from ui.widgets.panel import Scroll, row
from ui.widgets.prose import Prose
from ui.widgets.text import Text

_AT_ONCE: Final = 6
"""Sections made in one turn: the list of errors has more than a hundred."""
_TERM: Final = 168
_TOP: Final = Qt.AlignmentFlag.AlignTop


class Leaf(Scroll):
    """Shows one page; `followed` with the link that was pressed."""

    followed = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("Page of the help"), margin=tokens.S5, measure=tokens.MEASURE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._page: Page | None = None
        self._wanted = ""
        self._down: int | None = None
        self._left: list[Section] = []
        self._heads: dict[str, QWidget] = {}
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)
        self._scrolled, self._placing = False, False
        self.verticalScrollBar().rangeChanged.connect(self._place)
        self.verticalScrollBar().valueChanged.connect(self._moved)

    @property
    def built(self) -> bool:
        """Whether the whole page is there."""
        return not self._left

    def show_page(self, page: Page, section: str, down: int | None = None) -> None:
        """Show a page, from one of its sections on, or from where it was left (`down`, px)."""
        self._wanted, self._down = section, down
        self._scrolled = False
        if page == self._page:
            self._place()
            return
        self._page = page
        self._heads = {}
        clear(self.column)
        self.column.addWidget(Text(page.title, "page", wrap=True))
        self._left = list(page.sections)
        self._set(0)
        self._turn.start()
        self._go_on()

    def _go_on(self) -> None:
        now, self._left = self._left[:_AT_ONCE], self._left[_AT_ONCE:]
        for section in now:
            self.column.addWidget(self._section(section))
        if not self._left:
            self._turn.stop()
            self.column.addStretch(1)
            QTimer.singleShot(0, self, self._place)

    def _section(self, section: Section) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, tokens.S3 if section.title else 0, 0, 0)
        column.setSpacing(tokens.S3)
        if section.title:
            column.addWidget(Text(section.title, "title", wrap=True))
            self._heads[section.name] = made
        links = [one for one in section.blocks if isinstance(one, Link)]
        for block in section.blocks:
            if not isinstance(block, Link):
                column.addLayout(_block(block))
        if links:
            column.addLayout(self._links(links))
        return made

    def _links(self, links: list[Link]) -> QVBoxLayout:
        below = QVBoxLayout()
        below.setSpacing(0)
        for one in links:
            button = Button(one.words, "quiet", icon="file-text")
            button.clicked.connect(partial(self.followed.emit, one.to))
            below.addLayout(row(button, None))
        return below

    def _place(self) -> None:
        """To where it is to be read from, again and again while texts get their heights."""
        if self._scrolled or self._left:
            return
        head = self._heads.get(self._wanted)
        begins = head.y() if head is not None else 0
        self._set(begins if self._down is None else self._down)

    def _set(self, value: int) -> None:
        self._placing = True
        self.verticalScrollBar().setValue(value)
        self._placing = False

    def _moved(self) -> None:
        self._scrolled = self._scrolled or not self._placing


def _block(block: Block) -> QHBoxLayout:
    parts: tuple[QWidget, ...]
    match block:
        case Pair(term, text):
            name = Text(term, "strong", wrap=True)
            name.setFixedWidth(fonts.px(_TERM))
            parts, spacing = (name, Prose(text)), tokens.S4
        case Said(text, mark) if mark:
            dot = Text(mark, "secondary")
            dot.setFixedWidth(fonts.px(20))
            parts, spacing = (dot, Prose(text)), tokens.S1
        case Said(text):
            parts, spacing = (Prose(text),), tokens.S2
        case _:
            return row()
    across = row(*parts, spacing=spacing)
    across.setStretch(len(parts) - 1, 1)
    for one in parts:
        across.setAlignment(one, _TOP)
    return across
