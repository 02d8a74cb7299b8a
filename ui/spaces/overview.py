"""The overview of a space: agreement, parties, people by authority, what is still to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.language import tr
from ui.spaces.overviewing import Check, Group, OverviewPresenter, OverviewState, Person
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.chip import Chip
from ui.widgets.elided import Elided
from ui.widgets.facts import Fact, clear
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, Scroll, line, row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_DO: Final = {
    "member-add": "Add a member…",
    "meeting": "Compare…",
    "tab-3": "Show people",
    "recovery-sheet": "Recovery sheet…",
}


class OverviewSheet(Sheet):
    """Shows. Accepted when something that is left to do was asked for: then `chosen` is it."""

    wide = 640

    def __init__(self, parent: QWidget, presenter: OverviewPresenter) -> None:
        super().__init__(parent, presenter.state.title)
        self.chosen = ""
        self.phase = Chip()
        self._facts, self._checks, self._people = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        self.left = Panel("card")
        self.left.column.addLayout(self._checks)
        self.middle = Scroll(tr("Overview"), margin=tokens.S3)
        self.middle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrows scroll
        self.middle.setMinimumHeight(460)
        self.middle.column.addLayout(row(self.phase, None))
        self.middle.column.addWidget(self.left)
        self.middle.column.addLayout(self._facts)
        self.middle.column.addLayout(self._people)
        self.middle.column.addStretch(1)
        for one in (self._facts, self._people):
            one.setSpacing(tokens.S3)
        self.body.addWidget(self.middle, 1)
        self._shown: OverviewState | None = None
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()
        self.middle.setFocus()

    def render_state(self, state: OverviewState) -> None:
        """Show what is known by now; what is the same stays as it is."""
        old, self._shown = self._shown, state
        self.notice.show_card(state.problem)
        self.phase.show_badge(state.phase)
        if old is None or old.facts != state.facts:
            clear(self._facts)
            for at in range(0, len(state.facts), 2):
                self._facts.addWidget(_pair(state.facts[at : at + 2]))
        if old is None or old.groups != state.groups:
            clear(self._people)
            for group in state.groups:
                self._people.addWidget(_group(group))
        if old is None or old.checks != state.checks:
            clear(self._checks)
            for at, check in enumerate(state.checks):
                if at:
                    self._checks.addWidget(line())
                self._checks.addWidget(self._check(check))
            reveal(self.left, bool(state.checks))
        bar = self.middle.verticalScrollBar().sizeHint().width()
        self.middle.setMinimumWidth(self.middle.body.minimumSizeHint().width() + bar)

    def _check(self, check: Check) -> QWidget:
        tone = Tone.OK if check.done else Tone.WARN
        text = Text(check.text, "body", wrap=True)
        across = row(Glyph("circle-check" if check.done else "circle", 18, tone), text)
        across.setStretch(1, 1)
        across.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        if check.act and not check.done:
            do = Button(tr(_DO[check.act]), "quiet")
            do.clicked.connect(lambda: self._go(check.act))
            across.addWidget(do)
        held = QWidget()
        held.setLayout(across)
        said = tr("Done: {what}", what=check.text) if check.done else check.text
        text.setAccessibleName(said)
        return held

    def _go(self, act: str) -> None:
        self.chosen = act
        self.accept()


def _pair(facts: Sequence[tuple[str, str]]) -> QWidget:
    """Two facts side by side."""
    held = QWidget()
    across = row(spacing=tokens.S4)
    for name, said in facts:
        across.addWidget(Fact(name, said), 1)
    if len(facts) < 2:
        across.addStretch(1)
    held.setLayout(across)
    return held


def _group(group: Group) -> QWidget:
    card = Panel("card")
    names = QVBoxLayout()
    names.setSpacing(0)
    names.addWidget(Elided(group.authority, "strong"))
    names.addWidget(Elided(group.place, "caption"))
    names.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
    card.column.addLayout(names)
    for one in group.people:
        card.column.addWidget(line())
        card.column.addWidget(_person(one))
    return card


def _person(one: Person) -> QWidget:
    names = QVBoxLayout()
    names.setSpacing(0)
    names.addWidget(Elided(one.name, "body"))
    names.addWidget(Elided(one.role, "caption"))
    across = row(spacing=tokens.S4)
    across.addLayout(names, 1)
    across.addWidget(Chip(one.trust))
    across.setContentsMargins(tokens.S4, tokens.S2, tokens.S4, tokens.S2)
    held = QWidget()
    held.setLayout(across)
    return held
