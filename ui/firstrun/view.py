"""The first run, in three steps on one card."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from ui.asking import ask_help
from ui.firstrun.dots import Dots
from ui.firstrun.presenter import FirstRunPresenter
from ui.firstrun.state import FirstRunState, Step
from ui.firstrun.tones import STRENGTH_TONES
from ui.language import tr
from ui.practising import open_training
from ui.shortcuts import named
from ui.theme import fonts, tokens
from ui.widgets.bar import Bar
from ui.widgets.brand import Brand
from ui.widgets.button import Button
from ui.widgets.centred import Centred
from ui.widgets.glyph import Glyph
from ui.widgets.language import LanguageButton
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.passphrase import PassphraseField
from ui.widgets.pasted import PastedLine
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_WHERE: Final = (
    ("laptop", "On this computer: everything, encrypted, until the space is closed."),
    ("server", "At the store: sealed data that it cannot open, for 28 days at most."),
    ("wifi-off", "Nothing is sent in this step."),
)


class FirstRunView(QWidget):
    """A centred card; `link` or `restore` when the person was here before."""

    link = Signal()
    restore = Signal()
    language = Signal(str)

    def __init__(self, presenter: FirstRunPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.dots = Dots(len(Step))
        self.notice = Notice(closable=False)
        self.invitation = _InvitationPage(presenter)
        self.passphrase = _PassphrasePage(presenter)
        self.working = _WorkingPage()
        self.pages = QStackedWidget()
        self.invitation.link.clicked.connect(self.link)
        self.invitation.restore.clicked.connect(self.restore)
        for page in (self.invitation, self.passphrase, self.working):
            self.pages.addWidget(page)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(Text(tr("Welcome to JIT Client"), "title", wrap=True))
        lead = tr("Set this computer up for your joint investigation teams.")
        names.addWidget(Text(lead, "secondary", wrap=True))
        head = row(Brand(44), spacing=tokens.S4)
        head.addLayout(names, 1)
        spoken = LanguageButton()
        spoken.picked.connect(self.language)
        head.addWidget(spoken, 0, Qt.AlignmentFlag.AlignTop)
        card = Panel("card", margin=tokens.S6, spacing=tokens.S4)
        card.setFixedWidth(min(fonts.px(600), 1000))
        card.column.addLayout(head)
        card.column.addWidget(self.dots)
        card.column.addWidget(self.notice)
        card.column.addWidget(self.pages)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Centred(tr("Set-up"), card))
        presenter.attach(self.render_state)

    def showEvent(self, event: QShowEvent) -> None:
        """Ready to paste."""
        super().showEvent(event)
        if self.pages.currentWidget() is self.invitation:
            self.invitation.edit.setFocus()

    def render_state(self, state: FirstRunState) -> None:
        """Show the step."""
        self.dots.show_step(state.step.value)
        self.notice.show_card(state.problem)
        self.invitation.render_state(state)
        self.passphrase.render_state(state)
        self.working.words.setText(state.working)
        before = self.pages.currentIndex()
        self.pages.setCurrentIndex(state.step.value - 1)
        if state.step is Step.PASSPHRASE and before != self.pages.currentIndex():
            self.passphrase.first.edit.setFocus()


class _InvitationPage(QWidget):
    def __init__(self, presenter: FirstRunPresenter) -> None:
        super().__init__()
        self.edit = PastedLine(tr("Invitation"), tr("Paste the invitation here"))
        self.edit.textChanged.connect(lambda: presenter.invitation_changed(self.edit.toPlainText()))
        label = Text(tr("Your invitation: one line that begins with jit-invite:"), "label")
        label.setBuddy(self.edit)
        self.problem = Text("", "danger", wrap=True)
        self.store = Panel("card", margin=tokens.S4, spacing=tokens.S1)
        self.address = Text("", "strong", selectable=True)
        self.fingerprint = Text("", "mono", wrap=True, selectable=True)
        self.fingerprint.setFont(fonts.mono())
        self.store.column.addWidget(Text(tr("Store"), "caption"))
        self.store.column.addWidget(self.address)
        self.store.column.addSpacing(tokens.S2)
        self.store.column.addWidget(Text(tr("Fingerprint of the store"), "caption"))
        self.store.column.addWidget(self.fingerprint)
        note = tr("Let the person who invited you read it out. If it differs, stop here.")
        self.store.column.addSpacing(tokens.S1)
        self.store.column.addWidget(Text(note, "dense", wrap=True))
        self.link = Button(tr("Link to my other device…"), "quiet", icon="laptop")
        self.practise = Button(tr("Try it with a made-up case"), "quiet", icon="play")
        self.practise.clicked.connect(lambda: open_training(self.window()))
        self.restore = Button(tr("Restore from a recovery sheet…"), "quiet", icon="key")
        self.next = Button(tr("Continue"), "primary")
        self.next.clicked.connect(presenter.go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        for widget in (label, self.edit, self.problem, self.store):
            column.addWidget(widget)
        column.addStretch(1)
        column.addSpacing(tokens.S2)
        for icon, words in _WHERE:
            column.addLayout(_fact(icon, Text(tr(words), "dense", wrap=True)))
        column.addSpacing(tokens.S2)
        helping = Button(tr("Help"), "quiet", icon="info", hint=named(tr("Help"), "help"))
        helping.clicked.connect(lambda: ask_help(""))
        column.addLayout(row(self.practise, None, helping))
        column.addLayout(row(self.restore, None))
        column.addLayout(row(self.link, None, self.next))

    def render_state(self, state: FirstRunState) -> None:
        if state.invitation != self.edit.toPlainText().strip():
            self.edit.setPlainText(state.invitation)
        self.problem.setText(state.invitation_problem)
        reveal(self.problem, bool(state.invitation_problem))
        reveal(self.store, bool(state.address))
        self.address.setText(state.address)
        self.fingerprint.setText(state.fingerprint)
        self.next.setEnabled(state.can_go_on)


class _PassphrasePage(QWidget):
    def __init__(self, presenter: FirstRunPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.first = PassphraseField(tr("Passphrase"))
        self.second = PassphraseField(tr("Passphrase again"))
        self.bar = Bar(tr("Strength of the passphrase"))
        self.hint = Text("", "dense", wrap=True)
        self.place = Text("", "dense", wrap=True, selectable=True)
        self.keyring = Text("", "dense", wrap=True)
        self.back = Button(tr("Back"))
        self.back.clicked.connect(presenter.back)
        self.go = Button(tr("Set up this computer"), "primary")
        self.go.clicked.connect(self._enrol)
        for field in (self.first, self.second):
            field.changed.connect(self._changed)
        self.first.entered.connect(self.second.edit.setFocus)
        self.second.entered.connect(self._enrol)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S3)
        column.addWidget(self.first)
        column.addWidget(self.bar)
        column.addWidget(self.hint)
        column.addWidget(self.second)
        column.addSpacing(tokens.S1)
        column.addLayout(_fact("hard-drive", self.place))
        column.addLayout(_fact("key", self.keyring))
        column.addStretch(1)
        column.addLayout(row(self.back, None, self.go))

    def render_state(self, state: FirstRunState) -> None:
        self.bar.show_percent(state.strength * 25, STRENGTH_TONES[state.strength])
        self.hint.setText(state.hint)
        self.second.complain(state.repeat_problem)
        self.place.setText(
            tr(
                "Everything is kept encrypted in {place}. Nobody can reset the passphrase. The "
                "only other way in is a recovery sheet, which you make afterwards.",
                place=state.place,
            )
        )
        self.keyring.setText(_keyring(state.keyring))
        self.go.setEnabled(state.can_go_on)

    def _changed(self) -> None:
        self._presenter.passphrases_changed(self.first.text(), self.second.text())

    def _enrol(self) -> None:
        self._presenter.enrol(self.first.text(), self.second.text())


class _WorkingPage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.words = Text("", "body", wrap=True)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedHeight(6)
        bar.setAccessibleName(tr("Setting up"))
        column = QVBoxLayout(self)
        column.setSpacing(tokens.S3)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addWidget(bar)
        column.addWidget(
            Text(tr("The passphrase is stretched on purpose, so this takes a moment."), "caption")
        )
        column.addStretch(2)


def _fact(icon: str, words: Text) -> QHBoxLayout:
    across = row(Glyph(icon, 18), words, spacing=tokens.S3)
    across.setStretch(1, 1)
    return across


def _keyring(have: bool | None) -> str:
    if have is None:
        return tr("Looking for a keyring…")
    if have:
        return tr(
            "This computer's keyring keeps a second secret, so a copied file alone is useless."
        )
    return tr("This computer has no keyring. The passphrase alone protects the keys: make it long.")
