"""The sheet that links a further device, step by step."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui import words
from ui.copying import copy
from ui.devices.code import grouped
from ui.devices.linking import LinkPresenter
from ui.devices.state import LinkState, LinkStep
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.elided import Elided
from ui.widgets.field import Field
from ui.widgets.glyph import Glyph
from ui.widgets.pages import Pages
from ui.widgets.panel import Panel, row
from ui.widgets.passphrase import PassphraseField
from ui.widgets.qr import Qr
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_TICK_MS = 1_000
_LEADS = {
    LinkStep.PASSPHRASE: "The new device gets the key that says who you are. Give your passphrase.",
    LinkStep.OFFER: "Start JIT Client on the new device, choose “Link to my other device”, and "
    "give it this line. It holds no secret.",
    LinkStep.CODE: "A device asks to be linked. Type the code that the new device shows; only "
    "the code says that it is yours.",
    LinkStep.DONE: " ",
    LinkStep.ENDED: "The time for it is over. Nothing was linked.",
}
_ACTIONS = {
    LinkStep.PASSPHRASE: "Continue",
    LinkStep.CODE: "Link this device",
    LinkStep.ENDED: "Make a new offer",
}


class LinkSheet(Sheet):
    """Closing it at any point withdraws the offer."""

    wide = 720

    def __init__(self, parent: QWidget, presenter: LinkPresenter) -> None:
        super().__init__(parent, tr("Link a device"), lead=" ", action=tr("Continue"))
        self._presenter = presenter
        self._step: LinkStep | None = None
        self.pages = Pages()
        self.passphrase = PassphraseField(tr("Your passphrase"))
        self.passphrase.entered.connect(self._go)
        self.passphrase.changed.connect(self._typed)
        for page in (self._first(), self._offer(), self._code(), self._done(), QWidget()):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self.action.clicked.connect(self._go)
        self.follow()
        self._timer = QTimer(self)
        self._timer.timeout.connect(presenter.tick)
        self._timer.start(_TICK_MS)
        presenter.attach(self.render_state)
        self.finished.connect(self._closed)

    def _first(self) -> QWidget:
        return _page(self.passphrase)

    def _offer(self) -> QWidget:
        self.qr = Qr(tr("The line that links a device, as a code"), size=308)
        self.line = Elided("", "mono")
        self.line.setFont(fonts.mono(tokens.DENSE))
        self.copy = Button(tr("Copy the line"), icon="copy")
        self.copy.clicked.connect(self._copy)
        self.left = Text("", "strong")
        self.waiting = Text(tr("Waiting for the new device…"), "secondary")
        column = QVBoxLayout()
        column.setSpacing(tokens.S3)
        column.addLayout(row(Glyph("clock", 18), Text(tr("Stands for"), "body"), self.left, None))
        card = Panel("card", margin=tokens.S3)
        card.column.addWidget(self.line)
        column.addWidget(card)
        column.addLayout(row(self.copy, None))
        column.addStretch(1)
        column.addLayout(row(Glyph("hourglass", 18), self.waiting, None))
        across = row(spacing=tokens.S5)
        across.addLayout(column, 1)
        across.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignTop)
        page = QWidget()
        page.setLayout(across)
        across.setContentsMargins(0, 0, 0, 0)
        return page

    def _code(self) -> QWidget:
        self.name = Text("", "lead")
        self.print = Text("", "mono", selectable=True)
        self.print.setFont(fonts.mono(tokens.DENSE))
        card = Panel("card", margin=tokens.S4, spacing=tokens.S1)
        card.column.addLayout(row(Glyph("laptop", 24, Tone.ACCENT), self.name, None))
        card.column.addSpacing(tokens.S1)
        card.column.addWidget(Text(tr("Fingerprint of its keys"), "caption"))
        card.column.addWidget(self.print)
        edit = QLineEdit()
        edit.setFont(fonts.mono(22, tokens.MEDIUM))
        edit.setFixedHeight(48)
        edit.textEdited.connect(self._presenter.typed)
        edit.returnPressed.connect(self._go)
        self.code = Field(
            tr("Code on the new device"),
            placeholder="0000 0000 0000 0000",
            hint=tr(
                "Sixteen letters and digits, four by four. Large and small letters are the same."
            ),
            edit=edit,
        )
        return _page(card, self.code)

    def _done(self) -> QWidget:
        self.result_words = Text("", "body", wrap=True)
        line = row(Glyph("circle-check", 26, Tone.OK), self.result_words, spacing=tokens.S3)
        line.setStretch(1, 1)
        holder = QWidget()
        holder.setLayout(line)
        history = tr("It begins empty: what was said before is not sent to it by itself.")
        return _page(holder, Text(history, "secondary", wrap=True))

    def render_state(self, state: LinkState) -> None:
        """Show the step."""
        self.notice.show_card(state.problem)
        self.busy.setText(state.busy)
        self.left.setText(state.left)
        self.line.setText(state.line)
        self.qr.show_modules(state.modules)
        self.name.setText(state.name)
        self.print.setText(words.fingerprint(state.fingerprint))
        self.result_words.setText(state.done)
        if self.code.edit.text() != grouped(state.code):
            self.code.edit.setText(grouped(state.code))
        self.code.complain(state.wrong if state.step is LinkStep.CODE else "")
        self.passphrase.complain(state.wrong if state.step is LinkStep.PASSPHRASE else "")
        if state.wrong and state.step is LinkStep.PASSPHRASE:
            self.passphrase.edit.selectAll()
        if state.step is not self._step:
            self._turn(state)
        self._enable(state)

    def _turn(self, state: LinkState) -> None:
        step = self._step = state.step
        over = step is LinkStep.ENDED and state.problem is not None
        self.lead.setText("" if over else tr(_LEADS[step]))  # the card says it already
        self.lead.setVisible(bool(self.lead.text()))
        self.pages.setCurrentIndex(list(LinkStep).index(step))
        self.action.setText(tr(_ACTIONS[step]) if step in _ACTIONS else "")
        self.action.setVisible(step in _ACTIONS)
        self.cancel.setText(tr("Close") if step is LinkStep.DONE else tr("Cancel"))
        self._enable(state)  # what cannot be pressed yet cannot take the keyboard
        first = {LinkStep.PASSPHRASE: self.passphrase.edit, LinkStep.OFFER: self.copy}
        first |= {LinkStep.CODE: self.code.edit, LinkStep.DONE: self.cancel}
        first.get(step, self.action).setFocus()
        if step is not LinkStep.PASSPHRASE:
            self.passphrase.clear()

    def _enable(self, state: LinkState) -> None:
        ready = {
            LinkStep.PASSPHRASE: bool(self.passphrase.text()),
            LinkStep.CODE: state.whole,
            LinkStep.ENDED: True,
        }
        self.action.setEnabled(ready.get(state.step, False) and not state.busy)

    def _typed(self) -> None:
        self.passphrase.complain("")
        self._enable(self._presenter.state)

    def _go(self) -> None:
        match self._presenter.state.step:
            case LinkStep.PASSPHRASE:
                self._presenter.offer(self.passphrase.text())
            case LinkStep.CODE:
                self._presenter.approve()
            case LinkStep.ENDED:
                self._presenter.again()
            case _:
                pass

    def _copy(self) -> None:
        copy(self._presenter.state.line)

    def _closed(self) -> None:
        self._timer.stop()
        self._presenter.detach()
        self._presenter.leave()


def _page(*widgets: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(tokens.S4)
    for one in widgets:
        column.addWidget(one)
    column.addStretch(1)
    return page
