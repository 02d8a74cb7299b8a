"""Banners above the stage."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.alarms.presenter import AlarmsPresenter
from ui.alarms.state import AlarmsState, Banner
from ui.asking import ask_help
from ui.language import tr
from ui.theme import tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.bounded import Bounded
from ui.widgets.button import Button, IconButton
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_SHOWN = 3
_SHARE = 0.36  # of the window: what was refused never hides the work itself


class AlarmsView(QWidget):
    """At most three banners, the rest is counted; `proof` with the space whose fork is asked."""

    proof = Signal(bytes)

    def __init__(self, presenter: AlarmsPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        content = QWidget()
        content.setObjectName("scrollBody")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Bounded(content, lambda: int(self.window().height() * _SHARE)))
        self.setAccessibleName(tr("Alarms"))
        presenter.attach(self.render_state)

    def render_state(self, state: AlarmsState) -> None:
        """Show the banners."""
        clear(self._column)
        for banner in state.banners[:_SHOWN]:
            self._column.addWidget(_Banner(banner, self))
        more = len(state.banners) - _SHOWN
        if more > 0:
            note = Text(tr("and {more} more", more=more), "caption")
            note.setContentsMargins(tokens.S5, tokens.S1, tokens.S5, tokens.S1)
            self._column.addWidget(note)
        reveal(self, bool(state.banners))

    def dismiss(self, key: str) -> None:
        """Somebody has dealt with it."""
        self._presenter.dismiss(key)


class _Banner(QWidget):
    def __init__(self, banner: Banner, owner: AlarmsView) -> None:
        super().__init__()
        self._tone = banner.tone
        glyph = Glyph(
            "shield-alert" if banner.tone is Tone.DANGER else "triangle-alert", 20, banner.tone
        )
        title = Text(banner.title, "strong")
        words = Text(banner.sentence, "body", wrap=True, selectable=True)
        todo = Text(banner.todo, "dense", wrap=True)
        reveal(todo, bool(banner.todo))
        facts = "  ·  ".join(
            part for part in (tr("Code: {code}", code=banner.code), banner.at) if part
        )
        code = Text(facts, "caption", selectable=True)
        close = IconButton("x", tr("Dismiss this alarm"), size=tokens.ICON_SMALL)
        close.clicked.connect(lambda: owner.dismiss(banner.key))
        column = QVBoxLayout()
        column.setSpacing(2)
        for one in (title, words, todo, code):
            column.addWidget(one)
        column.addSpacing(tokens.S1)
        column.addLayout(row(*_acts(banner, owner), None))
        across = QHBoxLayout(self)
        across.setContentsMargins(tokens.S5, tokens.S3, tokens.S4, tokens.S3)
        across.setSpacing(tokens.S3)
        across.addWidget(glyph, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(column, 1)
        across.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(f"{banner.title}: {banner.sentence} {banner.todo}".strip())

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft ground, a thick edge in the tone, a hairline below."""
        ink, soft = palette().tone(self._tone)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(soft))
        painter.fillRect(QRectF(0, 0, 4, self.height()), QColor(ink))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(palette().hairline))
        painter.end()


def _acts(banner: Banner, owner: AlarmsView) -> list[Button]:
    made = []
    forked = banner.forked
    if forked is not None:
        export = Button(tr("Export proof…"), icon="download")
        export.clicked.connect(lambda: owner.proof.emit(forked))
        made.append(export)
    about = Button(tr("Help"), "quiet")
    about.clicked.connect(lambda: ask_help(banner.code))
    made.append(about)
    return made
