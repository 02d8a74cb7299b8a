"""The head of the space in front: its title, agreement and parties, its state, one's own role."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import words
from ui.language import tr, trn
from ui.shortcuts import named
from ui.spaces.state import SpacesState
from ui.theme import tokens
from ui.widgets.button import IconButton
from ui.widgets.chip import Chip
from ui.widgets.elided import Elided
from ui.widgets.panel import row
from ui.words import Badge


class SpaceHeader(QWidget):
    """Two lines and two chips; the button opens the overview."""

    overview = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title, self.below = Elided("", "title"), Elided("", "dense")
        self.state, self.role = Chip(), Chip()
        self.more = IconButton("info", named(tr("Overview"), "overview"))
        self.more.clicked.connect(self.overview)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.title)
        names.addWidget(self.below)
        across = row(spacing=tokens.S2)
        across.addLayout(names, 1)
        for one in (self.state, self.role, self.more):
            across.addWidget(one)
        across.setContentsMargins(tokens.S5, tokens.S4, tokens.S5, tokens.S1)
        self.setLayout(across)

    def render_state(self, state: SpacesState) -> None:
        """Say of which space; nothing changes while none is in front."""
        detail = state.detail
        if detail is None:
            return
        titles = {one.space: one.title for one in state.tiles}
        self.title.setText(titles.get(detail.row.space) or words.plain(detail.row.title))
        countries = sorted({one.country for one in detail.members})
        parts = [
            words.plain(detail.row.agreement),
            tr("Signed {signed_on}", signed_on=words.written_date(detail.signed_on))
            if detail.signed_on
            else "",
            trn("{count} member", "{count} members", len(detail.members)) if detail.members else "",
            ", ".join(countries),
        ]
        self.below.setText("   ·   ".join(part for part in parts if part))
        self.state.show_badge(words.SPACES[detail.row.state])
        mine = next((one for one in detail.members if one.is_me), None)
        self.role.show_badge(Badge(words.ROLES[mine.role], "user") if mine else Badge("", ""))
