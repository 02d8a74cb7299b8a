"""A failure as a card: what happened, what is safe, what to do, and its code."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.asking import ask_help
from ui.errors.cards import ErrorCard
from ui.language import tr
from ui.theme import tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.button import Button, IconButton
from ui.widgets.crisp import paint_frame
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text

_TOP = Qt.AlignmentFlag.AlignTop


class Notice(QWidget):
    """An error card inside a screen; hidden while there is nothing to say."""

    dismissed = Signal()
    retry = Signal()

    def __init__(self, *, retry: str = "", icon: str = "refresh-cw", closable: bool = True) -> None:
        super().__init__()
        self._tone = Tone.WARN
        self._shown: ErrorCard | None = None
        self._since = QDateTime()
        self._glyph = Glyph("triangle-alert", tokens.ICON, Tone.WARN)
        self._title = Text("", "strong", wrap=True)
        self._what = Text("", "body", wrap=True, selectable=True)
        self._safe = Text("", "dense", wrap=True)
        self._todo = Text("", "dense", wrap=True)
        self._code = Text("", "caption", selectable=True)
        words = QVBoxLayout()
        words.setSpacing(tokens.S1)
        for one in (self._title, self._what, self._safe, self._todo, self._code):
            words.addWidget(one)
        self._again = Button(retry or tr("Try again"), icon=icon)
        reveal(self._again, bool(retry))
        self._again.clicked.connect(self.retry)
        words.addSpacing(tokens.S1)
        words.addLayout(self._buttons())
        close = IconButton("x", tr("Dismiss this message"), size=tokens.ICON_SMALL)
        close.clicked.connect(self.dismissed)
        reveal(close, closable)
        across = QHBoxLayout(self)
        across.setContentsMargins(tokens.S4, tokens.S3, tokens.S3, tokens.S3)
        across.setSpacing(tokens.S3)
        across.addWidget(self._glyph, 0)
        across.addLayout(words, 1)
        across.addWidget(close, 0)
        across.setAlignment(self._glyph, _TOP)
        across.setAlignment(close, _TOP)
        self.hide()

    def _buttons(self) -> QHBoxLayout:
        self.help = Button(tr("Help"), "quiet")
        self.help.clicked.connect(lambda: ask_help(self._shown.code if self._shown else ""))
        self.details = Button(tr("Copy details"), "quiet", hint=tr("The code and the time only"))
        self.details.clicked.connect(self._copy)
        return row(self._again, self.help, self.details, None)

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(details(self._shown.code, self._since))

    def show_card(self, card: ErrorCard | None) -> None:
        """Show a failure, or nothing."""
        if card is None:
            self._shown = None
            self.hide()
            return
        new = card != self._shown
        if new:
            self._shown, self._since = card, QDateTime.currentDateTimeUtc()
        self._tone = card.tone
        self._glyph.show_icon(
            "shield-alert" if card.tone is Tone.DANGER else "triangle-alert", card.tone
        )
        self._title.setText(card.title)
        self._what.setText(card.sentence)
        self._safe.setText(card.safe)
        self._todo.setText(card.todo)
        self._code.setText(tr("Code: {code}", code=card.code))
        self.setAccessibleName(f"{card.title}. {card.sentence} {card.safe} {card.todo}")
        reveal(self, True)
        self.update()
        if new and self.isVisible():
            tell(self, f"{card.title}. {card.sentence}", urgent=card.tone is Tone.DANGER)

    def offer_retry(self, *, yes: bool) -> None:
        """Whether it can be tried again at all."""
        reveal(self._again, yes)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft ground and a line in the tone."""
        ink, soft = palette().tone(self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(soft))
        paint_frame(painter, QRectF(self.rect()), tokens.RADIUS_CARD, ink)
        painter.end()


def details(code: str, since: QDateTime) -> str:
    """What may be sent to somebody who helps: nothing of a case is in it."""
    return f"JIT Client {code} {since.toString(Qt.DateFormat.ISODate)}"
