"""Widgets of the timeline, one for each kind of row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from jitclient.mentionviews import Spot
from protocol.ids import FileId, MessageId
from ui import words
from ui.conversation.finding import Marks
from ui.conversation.lines import ExhibitCard, Line, Missing, Rule
from ui.conversation.margins import Margins
from ui.conversation.spoken import answers, spoken
from ui.conversation.state import (
    DayRow,
    EventRow,
    MessageItem,
    MissingRow,
    ReplyLine,
    TimelineRow,
    UnreadRow,
)
from ui.language import tr
from ui.theme import tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.button import IconButton
from ui.widgets.crisp import paint_frame
from ui.widgets.elided import Elided
from ui.widgets.glyph import Glyph
from ui.widgets.hover import hover
from ui.widgets.monogram import Monogram
from ui.widgets.panel import row
from ui.widgets.prose import Link, Prose
from ui.widgets.reading import Still
from ui.widgets.reveal import reveal
from ui.widgets.ring import REACH
from ui.widgets.text import Text


class Acts(Protocol):
    """What rows can ask of the timeline."""

    def hovered(self, view: MessageView) -> None: ...
    def picked(self, view: MessageView) -> None: ...
    def exhibit(self, file: FileId) -> None: ...
    def history(self, view: MessageView) -> None: ...
    def lacking(self, message: MessageId) -> None: ...
    def open_thread(self, view: MessageView) -> None: ...
    def mention(self, spot: Spot) -> None: ...


def make(item: TimelineRow, acts: Acts) -> QWidget:
    """The widget of a row."""
    match item:
        case DayRow():
            return Rule(item.text)
        case UnreadRow():
            return Rule(item.text, Tone.DANGER)
        case EventRow():
            return Line(item.text, item.at, item.exact)
        case MissingRow():
            return Missing(item, partial(acts.lacking, item.message))
        case MessageItem():
            return MessageView(item, acts)


class MessageView(Still):
    """One message: author and place, the text in its bubble, time and state."""

    def __init__(self, item: MessageItem, acts: Acts) -> None:
        super().__init__()
        self.item = item
        self._acts = acts
        self._current = False
        self.body: Prose | None = None
        self._state = _State(lambda: acts.history(self), lambda: acts.open_thread(self))
        self.bubble = _Bubble(item.mine)
        across = QHBoxLayout(self)
        across.setSpacing(tokens.S3)
        if item.mine:
            across.addStretch(1)
        elif item.heads:
            tile = Monogram(words.initials(item.author), item.seed, 32, circle=True)
            across.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
        else:
            across.addSpacing(32 + tokens.S3)
        across.addLayout(self._column(), 100)
        if not item.mine:
            across.addStretch(1)
        Margins(self, self.bubble, heads=item.heads)
        self.show_item(item)

    def _column(self) -> QVBoxLayout:
        item = self.item
        side = Qt.AlignmentFlag.AlignRight if item.mine else Qt.AlignmentFlag.AlignLeft
        column = QVBoxLayout()
        column.setSpacing(tokens.S1)
        if item.heads and not item.mine:
            head = row(Text(item.author, "densestrong"), Elided(item.place, "caption"), None)
            column.addLayout(head)
            if item.note:
                column.addWidget(Text(item.note, "tone-warn", wrap=True))
        inner = QVBoxLayout(self.bubble)
        if item.reply is not None:
            inner.addWidget(ReplyQuote(item.reply))
        if item.exhibit is not None:
            inner.addWidget(ExhibitCard(item.exhibit, self._acts.exhibit))
        if item.text:
            links = [Link(a, b, spot.me, _hint(spot)) for a, b, spot in item.links]
            self.body = Prose(item.text, measure=tokens.MEASURE - 28, links=links)
            self.body.followed.connect(lambda at: self._acts.mention(self.item.links[at][2]))
            inner.addWidget(self.body)
        foot = row(self._state, spacing=6)
        foot.insertStretch(0 if item.mine else -1, 1)
        inner.addLayout(foot)
        column.addWidget(self.bubble, 0, side)
        if item.problem:
            column.addWidget(Text(item.problem, "danger", wrap=True), 0, side)
        return column

    def show_item(self, item: MessageItem) -> None:
        """Take over a new state of the same message."""
        self.item = item
        self._state.show_state(item)
        self.setToolTip("")
        self._state.setToolTip(_tooltip(item))
        self.setAccessibleName(spoken(item))

    def takes(self, item: MessageItem) -> bool:
        """Whether a new state can be taken over; else the view is made anew."""
        return _built_of(item) == _built_of(self.item)

    def mark(self, marks: Marks, now: MessageId | None) -> None:
        """Mark what was searched for in the text."""
        if self.body is not None:
            self.body.mark(marks.get(self.item.message, ()), here=self.item.message == now)

    def set_current(self, yes: bool) -> None:
        """Whether the keyboard is on this message."""
        self._current = yes
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer reply and copy."""
        self._acts.hovered(self)
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring around the bubble while the keyboard is here."""
        if self._current:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(self.bubble.geometry()).adjusted(-REACH, -REACH, REACH, REACH)
            paint_frame(painter, box, 13, palette().ring, width=tokens.RING_WIDTH)
            painter.end()


class ReplyQuote(QWidget):
    """What a message answers, with a bar at its edge."""

    def __init__(self, reply: ReplyLine) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 2, 4, 2)
        column.setSpacing(0)
        if reply.author:
            column.addWidget(Text(reply.author, "caption"))
        column.addWidget(Elided(reply.text, "dense", mode=Qt.TextElideMode.ElideRight))
        self.setAccessibleName(answers(reply))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar."""
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 2, 3, self.height() - 4), QColor(palette().accent))
        painter.end()


class _Bubble(QFrame):
    def __init__(self, mine: bool) -> None:
        super().__init__()
        self._mine = mine
        self.setMaximumWidth(tokens.MEASURE)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(p.own if self._mine else p.surface))
        around = p.edge or (p.own if self._mine else p.hairline)
        paint_frame(painter, QRectF(self.rect()), tokens.RADIUS_CARD, around)
        painter.end()


class _State(QWidget):
    """Time, and for own messages the state in icon and words."""

    def __init__(self, history: Callable[[], None], thread: Callable[[], None]) -> None:
        super().__init__()
        self._history, self._thread = history, thread
        self._time = Text("", "caption")
        self._glyph = Glyph("", 14)
        self._word = Text("", "caption")
        self.edited: IconButton | None = None  # few messages have these: made when one has
        self.threaded: IconButton | None = None
        self._answers = self._time
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(5)
        for one in (self._time, self._glyph, self._word):
            across.addWidget(one)
        self._across = across

    def _rare(self, item: MessageItem) -> None:
        """What is there for few messages only."""
        if item.edited and self.edited is None:
            self.edited = self._button("history", tr("Earlier versions"), self._history)
            self._across.insertWidget(1, self.edited)
        if item.answers and self.threaded is None:
            self.threaded = self._button("messages-square", tr("Thread"), self._thread)
            self._answers = Text("", "caption")
            self._across.addWidget(self.threaded)
            self._across.addWidget(self._answers)
        if self.threaded is not None:
            reveal(self.threaded, bool(item.answers))
            reveal(self._answers, bool(item.answers))
            self._answers.setText(item.answers)

    def _button(self, icon: str, words_: str, act: Callable[[], None]) -> IconButton:
        made = IconButton(icon, words_, size=tokens.ICON_SMALL)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the timeline has keys for it
        made.clicked.connect(act)
        return made

    def show_state(self, item: MessageItem) -> None:
        at, badge, edited = item.at, item.badge, item.edited
        self._rare(item)
        self._time.setText(f"{at}  ·  {edited}" if edited else at)
        reveal(self._glyph, bool(badge.icon))
        self._glyph.show_icon(badge.icon, badge.tone)
        self._word.setText(badge.word)
        reveal(self._word, bool(badge.word))
        style = "caption" if badge.tone is Tone.NEUTRAL else f"tone-{badge.tone.value}"
        self._word.restyle(style)


def _tooltip(item: MessageItem) -> str:
    lines = [item.exact]
    lines += [f"{name}: {at}" for name, at in item.receipts]
    return hover("\n".join(lines))


def _hint(spot: Spot) -> str:
    return tr("Show in Evidence") if spot.target.file is not None else tr("Show in People")


def _built_of(item: MessageItem) -> tuple[object, ...]:
    return (item.exhibit, item.heads, item.reply, item.problem, item.text, item.links)
