"""What the window shows while a made-up case is being made."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from jitclient.training.views import Step
from protocol.errors import JitError
from ui.errors.cards import ErrorCard
from ui.language import mark, told, tr
from ui.theme import fonts, tokens
from ui.theme.tokens import Tone
from ui.widgets.brand import Brand
from ui.widgets.button import Button
from ui.widgets.centred import Centred
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_STEPS: Final = {
    Step.STORE: mark("Starting a store of its own on this computer…"),
    Step.PEOPLE: mark("Making keys for you and two made-up colleagues…"),
    Step.SPACE: mark("Opening the space and adding the colleagues…"),
    Step.CASE: mark("The colleagues write and hand over evidence…"),
}


class PreparingView(QWidget):
    """A card with what is being made; `cancelled` when the person has changed her mind."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        lead = tr(
            "The training makes a profile of its own, a store on this computer and two made-up "
            "colleagues. Your profiles are not touched. At the end everything is erased."
        )
        self.step = Text(tr(_STEPS[Step.STORE]), "body", wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, len(Step))
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(tr("Preparing the training"))
        self.notice = Notice(closable=False)
        self.cancel = Button(tr("Cancel"))
        self.cancel.clicked.connect(self.cancelled)
        head = row(Brand(44), Text(tr("A made-up case to try things with"), "title", wrap=True))
        head.setSpacing(tokens.S4)
        head.setStretch(1, 1)
        card = Panel("card", margin=tokens.S6, spacing=tokens.S4)
        card.setFixedWidth(min(fonts.px(600), 1000))
        card.column.addLayout(head)
        for one in (Text(lead, "secondary", wrap=True), self.step, self.bar, self.notice):
            card.column.addWidget(one)
        card.column.addLayout(row(None, self.cancel))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(Centred(tr("Training"), card))

    def show_step(self, step: Step) -> None:
        """Say what is being made now."""
        self.step.setText(tr(_STEPS[step]))
        self.bar.setValue(list(Step).index(step))

    def fail(self, failure: JitError) -> None:
        """Say why there is no training."""
        card = ErrorCard(
            tr("The training could not begin"),
            told(failure.sentence),
            tr("What it had made was erased. Your own profiles were not touched."),
            tr("If a training is open already, end that one first. Then try again."),
            failure.reason,
            Tone.WARN,
        )
        for one in (self.step, self.bar):
            reveal(one, False)
        self.notice.show_card(card)
        self.cancel.setText(tr("Close"))
