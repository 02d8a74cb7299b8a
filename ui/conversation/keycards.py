"""Cards that stand above the composer until a person has decided about a new key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.conversation.keys import KeyCard, KeysPresenter, KeysState
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.bounded import Bounded
from ui.widgets.button import Button
from ui.widgets.confirm import confirm
from ui.widgets.crisp import paint_frame
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.panel import row
from ui.widgets.reveal import reveal
from ui.widgets.saying import about
from ui.widgets.text import Text

_SHOWN = 2
_SHARE = 0.34  # of the window: what was said stays in sight


class KeyCards(QWidget):
    """`compare` with the user whose number is to be compared now."""

    compare = Signal(bytes)

    def __init__(self, presenter: KeysPresenter, tasks: TaskScope) -> None:
        super().__init__()
        self._presenter = presenter
        self._tasks = tasks
        self._shown: tuple[KeyCard, ...] | None = None
        self.notice = Notice(closable=False)
        content = QWidget()
        content.setObjectName("scrollBody")
        self.cards = QVBoxLayout(content)
        self.cards.setContentsMargins(0, 0, 0, 0)
        self.cards.setSpacing(tokens.S2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S2)
        column.addWidget(Bounded(content, lambda: int(self.window().height() * _SHARE)))
        column.addWidget(self.notice)
        presenter.attach(self.render_state)

    def render_state(self, state: KeysState) -> None:
        """Show a card for each person; beyond two the rest is counted."""
        self.notice.show_card(state.problem)
        if state.cards != self._shown:
            self._shown = state.cards
            clear(self.cards)
            for card in state.cards[:_SHOWN]:
                self.cards.addWidget(_Card(card, self))
            if (more := len(state.cards) - _SHOWN) > 0:
                self.cards.addWidget(
                    Text(tr("and {more} more with a new key", more=more), "caption")
                )
        self.setEnabled(not state.busy)
        reveal(self, bool(state.cards) or state.problem is not None)

    def ask(self, card: KeyCard) -> None:
        """Ask before a key is accepted that nobody compared."""
        self._tasks.start(self._ask(card), name="ask-key")

    async def _ask(self, card: KeyCard) -> None:
        sure = await confirm(
            self,
            tr("Accept the new key of {name} without comparing?", name=card.name),
            (
                tr(
                    "You take the word of the store and of the administrator that the key is "
                    "theirs."
                ),
                tr(
                    "{name} does not count as verified; you can compare at any time.",
                    name=card.name,
                ),
                tr("What waits is sent to the new key at once."),
            ),
            action=tr("Accept without comparing"),
        )
        if sure:
            self._presenter.accept(card.user)


class _Card(QWidget):
    def __init__(self, card: KeyCard, owner: KeyCards) -> None:
        super().__init__()
        title = Text(tr("{name} has a new key", name=card.name), "strong", wrap=True)
        what = Text(
            tr(
                "{by} let {name} in with new devices, {at}. Nothing is sent until you decide; "
                "what you write stays here.",
                by=card.by,
                name=card.name,
                at=card.at,
            ),
            "body",
            wrap=True,
        )
        compare = Button(tr("Compare the number…"), "primary", icon="shield-check")
        compare.setAccessibleName(tr("Compare the number with {name}", name=card.name))
        compare.clicked.connect(lambda: owner.compare.emit(card.user))
        accept = Button(tr("Accept without comparing…"))
        about(accept, card.name)
        accept.clicked.connect(lambda: owner.ask(card))
        column = QVBoxLayout()
        column.setSpacing(tokens.S1)
        column.addWidget(title)
        column.addWidget(what)
        column.addSpacing(tokens.S1)
        column.addLayout(row(compare, accept, None))
        across = QHBoxLayout(self)
        across.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        across.setSpacing(tokens.S3)
        across.addWidget(Glyph("shield-alert", 22, Tone.DANGER), 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(column, 1)
        self.setAccessibleName(f"{title.text()}. {what.text()}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """A soft ground and a line in the tone of danger."""
        ink, soft = palette().tone(Tone.DANGER)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(soft))
        paint_frame(painter, QRectF(self.rect()), tokens.RADIUS_CARD, ink)
        painter.end()
