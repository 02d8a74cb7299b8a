"""The sheet that compares safety numbers."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.people.state import VerifyState
from ui.people.verify import LENGTH, VerifyPresenter
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.chip import Chip
from ui.widgets.digits import Digits
from ui.widgets.field import Field
from ui.widgets.panel import Panel, row
from ui.widgets.qr import Qr
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text
from ui.words import Badge


class VerifySheet(Sheet):
    """Digits to read aloud, a code to see, a field to paste what the other side sent."""

    wide = 760

    def __init__(self, parent: QWidget, presenter: VerifyPresenter, name: str) -> None:
        super().__init__(
            parent,
            f"Compare with {name}",
            lead="Call a number you already know, or sit together. Both computers must show "
            "the same sixty digits. Read them aloud, group by group.",
        )
        self._presenter = presenter
        self.badge = Chip()
        self.digits = Digits()
        self.copy = Button("Copy the number", "quiet", icon="copy")
        self.copy.clicked.connect(self._copy)
        self.qr = Qr("Code of the safety number, to be scanned by the other computer")
        self.field = Field(
            "Or paste the number the other side sent you",
            placeholder="60 digits",
            hint="Send numbers by another way than this program.",
        )
        self.field.edit.textChanged.connect(presenter.typed)
        self.field.edit.returnPressed.connect(presenter.compare)
        self.check = Button("Compare")
        self.check.clicked.connect(presenter.compare)
        self.same = Button("We read the same digits", "primary", icon="shield-check")
        self.same.clicked.connect(presenter.same)
        self.verdict = Panel("card", margin=tokens.S3)
        self.result_words = Text("", "ok", wrap=True)
        self.verdict.column.addWidget(self.result_words)
        self._build()
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(tokens.S2)
        left.addWidget(self.digits)
        left.addLayout(row(self.badge, None, self.copy))
        left.addStretch(1)
        across = row(spacing=tokens.S5)
        across.addLayout(left, 1)
        across.addWidget(self.qr)
        self.body.addLayout(across)
        line = row(self.field, spacing=tokens.S3)
        line.setStretch(0, 1)
        side = QVBoxLayout()
        side.addSpacing(22)
        side.addWidget(self.check)
        side.addStretch(1)
        line.addLayout(side)
        self.body.addLayout(line)
        self.body.addWidget(self.verdict)
        self.body.addLayout(row(None, self.same))
        self.body.addStretch(1)

    def render_state(self, state: VerifyState) -> None:
        """Show the number and the result."""
        self.digits.show_groups(state.groups)
        self.qr.show_modules(state.code)
        self.badge.show_badge(Badge("Reading…", "hourglass") if state.loading else state.badge)
        self.notice.show_card(state.problem)
        ready = bool(state.digits) and not state.busy
        self.copy.setEnabled(bool(state.digits))
        reveal(self.same, not state.done)
        self.same.setEnabled(ready and not state.different)
        self.check.setEnabled(ready and state.typed == LENGTH)
        reveal(self.field, not state.done)
        reveal(self.check, not state.done)
        count = f"{state.typed} of {LENGTH} digits" if state.typed else ""
        self.busy.setText("Comparing…" if state.busy else count)
        reveal(self.verdict, state.done)
        if state.done:
            self.result_words.setText(
                f"Verified: {state.name} and you have the same number. "
                "If the key ever changes, you are told and nothing is sent to it."
            )
            self.badge.show_badge(Badge("Verified", "shield-check", Tone.VERIFIED))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(" ".join(self._presenter.state.groups))
