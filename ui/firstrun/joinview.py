"""This computer becomes a further device of a person, in four steps on one card."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from ui.firstrun.dots import Dots
from ui.firstrun.joining import JoinPresenter
from ui.firstrun.state import JoinState, JoinStep
from ui.firstrun.tones import STRENGTH_TONES
from ui.language import tr
from ui.theme import fonts, tokens
from ui.widgets.bar import Bar
from ui.widgets.brand import Brand
from ui.widgets.button import Button
from ui.widgets.centred import Centred
from ui.widgets.field import Field
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.passphrase import PassphraseField
from ui.widgets.pasted import PastedLine
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class JoinView(QWidget):
    """A centred card; `back` when the person wants the invitation instead."""

    back = Signal()

    def __init__(self, presenter: JoinPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self.dots = Dots(len(JoinStep))
        self.notice = Notice(closable=False)
        self.line = _LinePage(presenter)
        self.code = _CodePage()
        self.confirm = _ConfirmPage(presenter)
        self.pages = QStackedWidget()
        for page in (self.line, self.code, self.confirm, _WorkingPage()):
            self.pages.addWidget(page)
        self.line.back.clicked.connect(self.back)
        for button in (self.code.cancel, self.confirm.cancel):
            button.clicked.connect(presenter.cancel)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(Text(tr("Link to my other device"), "title"))
        names.addWidget(Text(tr("This computer becomes one more device of yours."), "secondary"))
        head = row(Brand(44), spacing=tokens.S4)
        head.addLayout(names, 1)
        card = Panel("card", margin=tokens.S6, spacing=tokens.S4)
        card.setFixedWidth(min(fonts.px(600), 1000))
        card.column.addLayout(head)
        for widget in (self.dots, self.notice, self.pages):
            card.column.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Centred(tr("Linking"), card))
        presenter.attach(self.render_state)
        self.line.edit.setFocus()

    def render_state(self, state: JoinState) -> None:
        """Show the step."""
        self.dots.show_step(state.step.value)
        self.notice.show_card(state.problem)
        self.line.render_state(state)
        self.code.render_state(state)
        self.confirm.render_state(state)
        before = self.pages.currentIndex()
        self.pages.setCurrentIndex(state.step.value - 1)
        if before != self.pages.currentIndex():
            first = {JoinStep.LINE: self.line.edit, JoinStep.CODE: self.code.cancel}
            first |= {JoinStep.CONFIRM: self.confirm.first.edit}
            if state.step in first:
                first[state.step].setFocus()


class _LinePage(QWidget):
    def __init__(self, presenter: JoinPresenter) -> None:
        super().__init__()
        self.edit = PastedLine(
            tr("Line of the other device"), tr("Paste the line that begins with jit-link:")
        )
        self.edit.textChanged.connect(lambda: presenter.line_changed(self.edit.toPlainText()))
        label = Text(tr("Line of your other device"), "label")
        label.setBuddy(self.edit)
        where = tr("There: the laptop at the bottom left, then “Link a device…”.")
        self.problem = Text("", "danger", wrap=True)
        self.who = Panel("card", margin=tokens.S4, spacing=tokens.S1)
        self.name = Text("", "strong", selectable=True)
        self.store = Text("", "body", selectable=True)
        for caption, words in ((tr("Says that it is of"), self.name), (tr("Store"), self.store)):
            self.who.column.addWidget(Text(caption, "caption"))
            self.who.column.addWidget(words)
        self.device = Field(
            tr("What this device is called"),
            placeholder=tr("Office laptop"),
            hint=tr("Only your own devices see the name."),
        )
        self.device.edit.setMaxLength(64)
        self.device.edit.textChanged.connect(presenter.name_changed)
        self.device.edit.returnPressed.connect(presenter.ask)
        self.back = Button(tr("Back"))
        self.next = Button(tr("Continue"), "primary")
        self.next.clicked.connect(presenter.ask)
        column = _column(self)
        for widget in (label, self.edit, Text(where, "dense", wrap=True), self.problem):
            column.addWidget(widget)
        column.addWidget(self.who)
        column.addWidget(self.device)
        column.addStretch(1)
        column.addLayout(row(self.back, None, self.next))

    def render_state(self, state: JoinState) -> None:
        if state.line != self.edit.toPlainText().strip():
            self.edit.setPlainText(state.line)
        self.problem.setText(state.line_problem)
        reveal(self.problem, bool(state.line_problem))
        reveal(self.who, bool(state.who))
        self.name.setText(state.who)
        self.store.setText(state.store)
        self.next.setEnabled(state.can_go_on)
        self.next.setText(tr("Asking…") if state.busy else tr("Continue"))


class _CodePage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.code = Text("", "mono", selectable=True)
        self.code.setFont(fonts.mono(tokens.WALL, tokens.STRONG))
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        card = Panel("card", margin=tokens.S5)
        card.column.addWidget(self.code)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedHeight(6)
        bar.setAccessibleName(tr("Waiting for the other device"))
        self.cancel = Button(tr("Cancel"))
        column = _column(self)
        column.addWidget(Text(tr("Type this code at your other device."), "body", wrap=True))
        column.addWidget(card)
        why = tr(
            "It says that nobody stands between your two devices. It is good for a few minutes."
        )
        column.addWidget(Text(why, "dense", wrap=True))
        column.addSpacing(tokens.S2)
        column.addWidget(bar)
        column.addWidget(Text(tr("Waiting until you have typed it there…"), "caption"))
        column.addStretch(1)
        column.addLayout(row(self.cancel, None))

    def render_state(self, state: JoinState) -> None:
        self.code.setText(state.code)
        self.code.setAccessibleName(tr("Code: {code}", code=" ".join(state.code)))


class _ConfirmPage(QWidget):
    def __init__(self, presenter: JoinPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        card = self._person()
        self.first = PassphraseField(tr("Passphrase for this computer"))
        self.second = PassphraseField(tr("Passphrase again"))
        self.bar = Bar(tr("Strength of the passphrase"))
        self.hint = Text("", "dense", wrap=True)
        self.cancel = Button(tr("This is not me"))
        self.go = Button(tr("Link this computer"), "primary")
        self.go.clicked.connect(self._accept)
        for field in (self.first, self.second):
            field.changed.connect(self._changed)
        self.first.entered.connect(self.second.edit.setFocus)
        self.second.entered.connect(self._accept)
        column = _column(self)
        of = Text(tr("This computer would become a device of"), "label")
        of.setBuddy(self.name)
        column.addWidget(of)
        for widget in (card, self.first, self.bar, self.hint, self.second):
            column.addWidget(widget)
        place = Text(
            tr("It may be another passphrase than on your other device."), "dense", wrap=True
        )
        note = row(Glyph("key", 18), place, spacing=tokens.S3)
        note.setStretch(1, 1)
        column.addLayout(note)
        column.addStretch(1)
        column.addLayout(row(self.cancel, None, self.go))

    def _person(self) -> Panel:
        self.name = Text("", "lead", selectable=True)
        self.place = Text("", "secondary", selectable=True)
        self.print = Text("", "mono", selectable=True)
        self.print.setFont(fonts.mono(tokens.LEAD, tokens.MEDIUM))
        card = Panel("card", margin=tokens.S4, spacing=tokens.S1)
        card.column.addWidget(self.name)
        card.column.addWidget(self.place)
        card.column.addSpacing(tokens.S1)
        card.column.addWidget(Text(tr("Your own number begins with"), "caption"))
        card.column.addWidget(self.print)
        return card

    def render_state(self, state: JoinState) -> None:
        self.name.setText(state.who)
        self.place.setText("  ·  ".join(part for part in (state.authority, state.store) if part))
        self.print.setText(state.fingerprint)
        self.bar.show_percent(state.strength * 25, STRENGTH_TONES[state.strength])
        self.hint.setText(state.hint)
        self.second.complain(state.repeat_problem)
        self.go.setEnabled(state.can_go_on)
        if state.step in (JoinStep.LINE, JoinStep.CODE) and self.first.text():
            self.first.clear()
            self.second.clear()

    def _changed(self) -> None:
        if self._presenter.state.step is JoinStep.CONFIRM:
            self._presenter.passphrases_changed(self.first.text(), self.second.text())

    def _accept(self) -> None:
        self._presenter.accept(self.first.text(), self.second.text())


class _WorkingPage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedHeight(6)
        bar.setAccessibleName(tr("Linking"))
        column = _column(self)
        column.addStretch(1)
        column.addWidget(Text(tr("Making this computer's profile…"), "body"))
        column.addWidget(bar)
        note = tr("The passphrase is stretched on purpose, so this takes a moment.")
        column.addWidget(Text(note, "caption"))
        column.addStretch(2)


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(tokens.S3)
    return column
