"""The sheet that compares safety numbers."""

from __future__ import annotations

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.binding import accept_files, dropped_files
from ui.copying import copy
from ui.language import tr
from ui.people.codefield import CodeField
from ui.people.readaloud import ReadAloud
from ui.people.state import DIFFER, NUMBER_DIGITS, VerifyState
from ui.people.verify import VerifyPresenter
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.chip import Chip
from ui.widgets.digits import Digits
from ui.widgets.panel import Panel, row
from ui.widgets.qr import Qr
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text
from ui.words import Badge


class VerifySheet(Sheet):
    """Digits to read aloud, a code to see, a field for what the other side sent or showed."""

    wide = 800

    def __init__(
        self, parent: QWidget, presenter: VerifyPresenter, tasks: TaskScope, name: str
    ) -> None:
        super().__init__(
            parent,
            tr("Compare with {name}", name=name),
            lead=tr(
                "Call a number you already know, or sit together. Both computers must show "
                "the same sixty digits. Read them aloud, group by group."
            ),
        )
        self._presenter = presenter
        self.setAcceptDrops(True)
        self.badge = Chip()
        self.digits = Digits()
        self.aloud = ReadAloud()
        self.copy = Button(tr("Copy the number"), "quiet", icon="copy")
        self.copy.clicked.connect(self._copy)
        self.copy_code = Button(tr("Copy the code"), "quiet", icon="qr-code")
        self.copy_code.clicked.connect(self._copy_code)
        self.qr = Qr(tr("Code of the safety number, for the other computer"), size=248)
        self.field = CodeField(
            tr("Or give what the other side sent you"),
            tr(
                "A number, the line of their code, or a picture of it: paste or drop it here. "
                "Send it by another way than this program."
            ),
            presenter,
            tasks,
        )
        self.same = Button(tr("We read the same digits"), "primary", icon="shield-check")
        self.same.clicked.connect(presenter.same)
        self.no = Button(tr("They differ"), icon="circle-x")
        self.no.clicked.connect(presenter.differ)
        self.advice = Text(tr(DIFFER), "danger", wrap=True)
        self._build()
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()

    def _build(self) -> None:
        self.verdict = Panel("card", margin=tokens.S3)
        self.result_words = Text("", "ok", wrap=True)
        self.verdict.column.addWidget(self.result_words)
        self.how = Text("", "caption", wrap=True)
        self.verdict.column.addWidget(self.how)
        left = QVBoxLayout()
        left.setSpacing(tokens.S2)
        left.addWidget(self.digits)
        left.addLayout(row(self.badge, None, self.copy, self.copy_code))
        left.addWidget(self.aloud)
        left.addWidget(self.advice)
        left.addStretch(1)
        left.addLayout(row(None, self.no, self.same))
        across = row(spacing=tokens.S5)
        across.addLayout(left, 1)
        across.addWidget(self.qr)
        self.body.addLayout(across)
        self.body.addWidget(self.field)
        self.body.addWidget(self.verdict)
        self.body.addStretch(1)

    def render_state(self, state: VerifyState) -> None:
        """Show the number and the result."""
        self.digits.show_groups(state.groups)
        self.aloud.show_groups(state.groups)
        reveal(self.aloud, bool(state.groups) and not state.done)
        self.qr.show_modules(state.code)
        self.badge.show_badge(Badge(tr("Reading…"), "hourglass") if state.loading else state.badge)
        self.notice.show_card(state.problem)
        ready = bool(state.digits) and not state.busy
        self.copy.setEnabled(bool(state.digits))
        self.copy_code.setEnabled(bool(state.payload))
        reveal(self.advice, state.different and state.problem is None)
        self.no.setEnabled(ready and not state.different)
        reveal(self.same, not state.done)
        self.same.setEnabled(ready and not state.different)
        self.field.check.setEnabled(ready and state.ready)
        self.field.choose.setEnabled(ready)
        reveal(self.field, not state.done)
        count = (
            tr("{typed} of {whole} digits", typed=state.typed, whole=NUMBER_DIGITS)
            if state.typed
            else ""
        )
        self.busy.setText(tr("Comparing…") if state.busy else count)
        reveal(self.verdict, state.done)
        self.how.setText(state.compared)
        reveal(self.how, bool(state.compared))
        if state.done:
            self.result_words.setText(
                tr(
                    "Verified: {name} and you have the same number. If the key ever changes, "
                    "you are told and nothing is sent to it.",
                    name=state.name,
                )
            )
            self.badge.show_badge(Badge(tr("Verified"), "shield-check", Tone.VERIFIED))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture may be dropped anywhere on the sheet."""
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Read it."""
        self.field.take(list(dropped_files(event)))

    def _copy(self) -> None:
        copy(" ".join(self._presenter.state.groups))

    def _copy_code(self) -> None:
        copy(self._presenter.state.payload)
