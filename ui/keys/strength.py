"""How strong a new passphrase is, said while it is typed."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.firstrun.presenter import judged
from ui.firstrun.tones import STRENGTH_TONES
from ui.language import tr
from ui.theme import tokens
from ui.widgets.bar import Bar
from ui.widgets.passphrase import PassphraseField
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class Strength(QWidget):
    """Stands below the first of two lines, and says at the second when they differ."""

    def __init__(self, first: PassphraseField, second: PassphraseField) -> None:
        super().__init__()
        self._first = first
        self._second = second
        self.bar = Bar(tr("Strength of the passphrase"))
        self.hint = Text("", "dense", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        column.addWidget(self.bar)
        column.addWidget(self.hint)
        for field in (first, second):
            field.changed.connect(self._judge)
        self._judge()

    def refused(self, why: str) -> None:
        """The same is said at the line itself, in red."""
        reveal(self.hint, not why)

    def _judge(self) -> None:
        found = judged(self._first.text(), self._second.text())
        self.bar.show_percent(found.strength * 25, STRENGTH_TONES[found.strength])
        self.hint.setText(found.hint)
        reveal(self.hint, True)
        self._first.complain("")
        self._second.complain(found.repeat_problem)
