"""In the inspector: what happened to the exhibit, as a line from the first event to the last."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.evidence.history import Happening, History, HistoryState
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.facts import clear
from ui.widgets.painted import Painted
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_WIDE: Final = 18
_BEAD: Final = 4.0  # radius, px


class HistoryPart(QWidget):
    """Empty while nothing is selected."""

    def __init__(self, history: History) -> None:
        super().__init__()
        self._shown: HistoryState | None = None
        self.problem = Text("", "danger", wrap=True)
        self.before = Text("", "caption", wrap=True)
        self.events = QVBoxLayout()
        self.events.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        column.addWidget(Text(tr("What happened to it"), "overline"))
        column.addWidget(self.problem)
        column.addWidget(self.before)
        column.addLayout(self.events)
        history.attach(self.render_state)

    def render_state(self, state: HistoryState) -> None:
        """Show the events."""
        if state == self._shown:
            return
        self._shown = state
        reveal(self, bool(state.events or state.problem))
        self.problem.setText(state.problem)
        reveal(self.problem, bool(state.problem))
        self.before.setText(state.before)
        reveal(self.before, bool(state.before))
        clear(self.events)
        last = len(state.events) - 1
        for at, one in enumerate(state.events):
            first = not at and not state.before
            self.events.addWidget(_line(one, _Bead(above=not first, below=at < last)))


class _Bead(Painted):
    """A dot on the line that leads from one event to the next."""

    def __init__(self, *, above: bool, below: bool) -> None:
        super().__init__()
        self._above, self._below = above, below
        self.setFixedWidth(fonts.px(_WIDE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw line and dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, high = self.width() / 2, fonts.px(_WIDE) / 2
        painter.setPen(QPen(QColor(palette().border), 2))
        if self._above:
            painter.drawLine(QPointF(middle, 0), QPointF(middle, high))
        if self._below:
            painter.drawLine(QPointF(middle, high), QPointF(middle, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette().accent))
        painter.drawEllipse(QPointF(middle, high), _BEAD, _BEAD)
        painter.end()


def _line(one: Happening, bead: _Bead) -> QWidget:
    words = QVBoxLayout()
    words.setSpacing(0)
    words.setContentsMargins(0, 0, 0, tokens.S3)
    words.addWidget(Text(one.what, "densestrong", wrap=True))
    words.addWidget(Text(f"{one.who}   ·   {one.at}", "caption", wrap=True))
    if one.detail:
        words.addWidget(Text(one.detail, "caption", wrap=True, selectable=True))
    across = row(bead, spacing=tokens.S3)
    across.addLayout(words, 1)
    held = QWidget()
    held.setLayout(across)
    return held
