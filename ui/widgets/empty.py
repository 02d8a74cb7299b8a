"""An empty state: one sentence, one action."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.glyph import Glyph
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class Empty(QWidget):
    """Icon, title, sentence and (where there is one) the action that ends the emptiness."""

    acted = Signal()

    def __init__(self, icon: str, title: str, sentence: str, action: str = "") -> None:
        super().__init__()
        self._title = Text(title, "lead", wrap=True)
        self._sentence = Text(sentence, "secondary", wrap=True)
        for words in (self._title, self._sentence):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for words in (self._title, self._sentence):
            words.setMinimumWidth(fonts.px(380))
            words.setMaximumWidth(fonts.px(460))
        self.action = Button(action or tr("Go on"), "primary")
        reveal(self.action, bool(action))
        self.action.clicked.connect(self.acted)
        self._glyph = Glyph(icon, 36, Tone.NEUTRAL)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.S5, tokens.S7, tokens.S5, tokens.S7)
        column.setSpacing(tokens.S2)
        column.addStretch(2)
        for piece in (self._glyph, self._title, self._sentence):
            column.addWidget(piece, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(tokens.S2)
        column.addWidget(self.action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, icon: str, title: str, sentence: str, action: str = "") -> None:
        """Describe another emptiness."""
        self._glyph.show_icon(icon)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.action.setText(action)
        reveal(self.action, bool(action))
