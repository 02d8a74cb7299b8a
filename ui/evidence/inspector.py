"""Everything known of the selected exhibit."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.evidence.history import History
from ui.evidence.historypart import HistoryPart
from ui.evidence.state import Details
from ui.language import tr
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.chip import Chip
from ui.widgets.facts import Fact, clear
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, Scroll, line, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text
from ui.words import Badge

_NARROW = 312
_MARK = 26
_UNSHOWN: Final = (
    "The safe viewer does not work on this computer",
    "Save a copy, and open it on a machine that is made for looking at such things.",
)


class Inspector(Panel):
    """A column beside the table; it says how to use it while nothing is selected."""

    def __init__(self, review: QWidget, history: History, several: QWidget) -> None:
        super().__init__("inspector")
        self.setMinimumWidth(_NARROW)
        self._shown: Details | None = None
        self._several = several
        self._buttons: tuple[Button, ...] = ()
        self._scroll = Scroll(tr("Details of the exhibit"), margin=tokens.S5)
        self._facts = QVBoxLayout()
        self._scroll.column.addLayout(self._facts)
        self._scroll.column.addWidget(HistoryPart(history))
        self._scroll.column.addStretch(1)
        self._actions = QGridLayout()
        self._actions.setContentsMargins(tokens.S5, tokens.S3, tokens.S5, tokens.S3)
        self._actions.setSpacing(tokens.S2)
        self._unshown = Text("\n".join(map(tr, _UNSHOWN)), "caption", wrap=True)
        self._unshown.setContentsMargins(tokens.S5, tokens.S3, tokens.S5, 0)
        self.breach = Notice(closable=False)
        self._foot = Panel("footer")
        self._foot.column.addWidget(self._unshown)
        reveal(self._unshown, False)
        self._foot.column.addLayout(self._actions)
        self.column.addWidget(self.breach)
        self.column.addWidget(self._scroll, 1)
        self.column.addWidget(several, 1)
        reveal(several, False)
        self.column.addWidget(review)
        self.column.addWidget(self._foot)
        self._show(None)

    def set_actions(self, buttons: tuple[Button, ...]) -> None:
        """Put what can be done with the exhibit below its facts, two in a row where they fit."""
        self._buttons = buttons
        for at, button in enumerate(buttons):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._actions.addWidget(button, at // 2, at % 2)

    def say_unshown(self, *, yes: bool) -> None:
        """Whether exporting is all that can be done to look at it: this system has no viewer."""
        reveal(self._unshown, yes)

    def arrange(self) -> None:
        """Close the gaps between the buttons that are of use now."""
        shown = [one for one in self._buttons if not one.isHidden()]
        for button in self._buttons:
            self._actions.removeWidget(button)
        half = (_NARROW - 2 * tokens.S5 - tokens.S2) // 2
        side = 2 if all(one.sizeHint().width() <= half for one in shown) else 1
        for at, button in enumerate(shown):
            self._actions.addWidget(button, at // side, at % side)
        reveal(self._foot, bool(shown) and self._shown is not None)

    def show_details(self, details: Details | None, *, several: bool = False) -> None:
        """Show another exhibit; or, where several are selected, what is said of all of them."""
        reveal(self._several, several)
        reveal(self._scroll, not several)
        if details != self._shown:
            place = self._scroll.verticalScrollBar().value()
            self._show(details)
            self._scroll.verticalScrollBar().setValue(place)

    def _show(self, details: Details | None) -> None:
        self._shown = details
        column = self._facts
        clear(column)
        column.setSpacing(tokens.S3)
        self.breach.show_card(details.breach if details is not None else None)
        reveal(self._foot, details is not None)
        if details is None:
            _nothing_selected(column)
            return
        column.addWidget(Text(details.title, "lead", wrap=True, selectable=True))
        chips = row(Chip(Badge(details.extension, "")), Chip(details.badge), None)
        _add(column, chips)
        for one in details.marks:  # a long one stands in full among the facts
            short = one if len(one) <= _MARK else f"{one[: _MARK - 1]}…"
            _add(column, row(Chip(Badge(short, "flag", Tone.WARN)), None))
        if details.warning:
            column.addWidget(Text(details.warning, "tone-warn", wrap=True))
        if details.problem and details.breach is None:
            column.addWidget(Text(details.problem, "danger", wrap=True))
        for fact in details.facts:
            column.addWidget(Fact(fact.name, fact.value, mono=fact.mono, copy=fact.copy))
        if details.stated:
            column.addWidget(line())
            column.addWidget(Text(tr("Stated in the manifest"), "overline"))
        for fact in details.stated:
            column.addWidget(Fact(fact.name, fact.value, mono=fact.mono, copy=fact.mono))
        column.addWidget(line())
        _receipts(column, details)
        column.addWidget(line())


def _receipts(column: QVBoxLayout, details: Details) -> None:
    column.addWidget(Text(tr("Who has verified it"), "overline"))
    if not details.receipts:
        column.addWidget(Text(tr("Nobody else is to receive it."), "dense", wrap=True))
    for name, words, done in details.receipts:
        mark = Glyph(
            "circle-check" if done else "circle", 18, Tone.VERIFIED if done else Tone.NEUTRAL
        )
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(Text(name, "densestrong", wrap=True))
        names.addWidget(Text(words, "caption"))
        across = row(mark, spacing=tokens.S3)
        across.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        across.addLayout(names, 1)
        _add(column, across)


def _nothing_selected(column: QVBoxLayout) -> None:
    words = tr("Select an exhibit to see its hash, who verified it and when.")
    column.addWidget(Text(tr("Details"), "overline"))
    column.addWidget(Text(words, "secondary", wrap=True))


def _add(column: QVBoxLayout, across: QHBoxLayout) -> None:
    holder = QWidget()
    holder.setLayout(across)
    column.addWidget(holder)
