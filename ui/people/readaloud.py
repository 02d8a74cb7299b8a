"""Which group of a safety number is read now, and how it sounds in the language of the call."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox

from ui.language import chosen, number, tr
from ui.language.digits import aloud
from ui.language.known import NAMES
from ui.theme import tokens
from ui.widgets.button import Button
from ui.widgets.panel import Panel, row
from ui.widgets.text import Text


class ReadAloud(Panel):
    """One group after the other, so that neither side loses its place.

    The language is the one the two persons speak with each other, whatever the window speaks.
    """

    def __init__(self) -> None:
        super().__init__("plain")
        self.groups: tuple[str, ...] = ()
        self.at = 0
        self.words = Text("", "strong", wrap=True)
        self.place = Text("", "caption")
        self.spoken = QComboBox()
        self.spoken.setAccessibleName(tr("Language"))
        for code, name in NAMES.items():
            self.spoken.addItem(name, code)
        self.spoken.setCurrentIndex(self.spoken.findData(chosen()))
        self.spoken.currentIndexChanged.connect(self._say)
        self.back = Button(tr("Previous"), "quiet")
        self.back.clicked.connect(self.backward)
        self.next = Button(tr("Next"))
        self.next.clicked.connect(self.forward)
        self.column.setSpacing(tokens.S1)
        self.column.addWidget(self.words)
        self.column.addLayout(row(self.spoken, self.place, None, self.back, self.next))

    def show_groups(self, groups: tuple[str, ...]) -> None:
        """Another number is read from its first group on."""
        if groups != self.groups:
            self.groups, self.at = groups, 0
        self._say()

    def forward(self) -> None:
        """The next group."""
        self.at = min(self.at + 1, len(self.groups) - 1)
        self._say()

    def backward(self) -> None:
        """The group before."""
        self.at = max(self.at - 1, 0)
        self._say()

    def _say(self) -> None:
        if not self.groups:
            self.words.setText("")
            return
        group = self.groups[self.at]
        self.words.setText(f"{group}: {aloud(group, self.spoken.currentData())}")
        total = number(len(self.groups))
        self.place.setText(tr("{done} of {total}", done=number(self.at + 1), total=total))
        self.back.setEnabled(self.at > 0)
        self.next.setEnabled(self.at < len(self.groups) - 1)
