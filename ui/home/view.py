"""The page "Today"."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout

from jitclient.todayviews import NeedKind
from ui.home.presenter import HomePresenter
from ui.home.state import Goal, HomeCard, HomeLine, HomeState
from ui.language import tr, trn
from ui.theme import tokens
from ui.widgets.elided import Elided
from ui.widgets.empty import Empty
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, Scroll, row
from ui.widgets.skeleton import Skeleton
from ui.widgets.text import Text

_MEASURE = 760
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HomeView(Panel):
    """Cards in a column; `go` says which place was opened."""

    go = Signal(object)

    def __init__(self, presenter: HomePresenter) -> None:
        super().__init__("window")
        self.setAccessibleName(tr("Today"))
        self._presenter = presenter
        self.day = Text("", "secondary")
        self.synced = Text("", "caption")
        self.notice = Notice(retry=tr("Try again"), closable=False)
        self.notice.retry.connect(presenter.refresh)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(tokens.S4)
        scroll = Scroll(tr("Today"), measure=_MEASURE)
        scroll.column.addWidget(Text(tr("Today"), "title"))
        scroll.column.addLayout(row(self.day, None, self.synced))
        scroll.column.addWidget(self.notice)
        scroll.column.addLayout(self.cards)
        scroll.column.addStretch(1)
        self.empty = Empty("check", tr("Nothing needs you."), "")
        self.whole = QStackedWidget()
        self.whole.addWidget(Skeleton(tr("Looking through your spaces…")))
        self.whole.addWidget(self.empty)
        self.whole.addWidget(scroll)
        self.column.addWidget(self.whole)
        self._made: dict[NeedKind, tuple[HomeCard, Panel]] = {}
        self._due: list[HomeCard] = []
        self._order: list[NeedKind] = []
        self._held: int | None = None
        self._state: HomeState | None = None
        presenter.attach(self.render_state)

    def render_state(self, state: HomeState) -> None:
        """Show what waits; only what changed is made anew."""
        before, self._state = self._state, state
        self.day.setText(state.day)
        self.synced.setText(state.synced)
        self.notice.show_card(state.problem)
        self.empty.say("check", tr("Nothing needs you."), state.synced)
        if before is None or before.cards != state.cards:
            self._deal(state.cards)
        some = bool(state.cards) or state.problem is not None
        self.whole.setCurrentIndex(2 if some else 0 if state.loading else 1)

    @property
    def built(self) -> bool:
        """Whether every card has its widget."""
        return not self._due

    def rows(self) -> list[OpenRow]:
        """The lines that can be opened, from the top."""
        cards = sorted((card for _, card in self._made.values()), key=self.cards.indexOf)
        return [line for card in cards for line in card.findChildren(OpenRow)]

    def _deal(self, cards: tuple[HomeCard, ...]) -> None:
        """Cards that did not change stay as they are; the others are made one in each turn."""
        self._held = next((at for at, one in enumerate(self.rows()) if one.hasFocus()), self._held)
        if self.hasFocus():  # it waited for the first line
            self._held = 0
        kinds = {one.kind for one in cards}
        for kind in [one for one in self._made if one not in kinds]:
            self._drop(kind)
        self._due = [one for one in cards if self._made.get(one.kind, (None,))[0] != one]
        self._order = [one.kind for one in cards]
        self._next()

    def _next(self) -> None:
        if self._due:
            card = self._due.pop(0)
            if card.kind in self._made:
                self._drop(card.kind)
            widget = self._card(card)
            before = self._order[: self._order.index(card.kind)]
            self.cards.insertWidget(sum(1 for one in before if one in self._made), widget)
            self._made[card.kind] = (card, widget)
        if self._due:
            QTimer.singleShot(0, self, self._next)
        elif self._held is not None:  # the keyboard stays where it was
            rows, held = self.rows(), self._held
            self._held = None
            if rows:
                rows[min(held, len(rows) - 1)].setFocus()

    def _drop(self, kind: NeedKind) -> None:
        _, widget = self._made.pop(kind)
        self.cards.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def _card(self, card: HomeCard) -> Panel:
        made = Panel("card", margin=tokens.S4, spacing=tokens.S2)
        head = row(Glyph(card.icon, tokens.ICON, card.tone), Text(card.title, "lead", wrap=True))
        head.setStretch(1, 1)
        made.column.addLayout(head)
        for line in card.lines:
            button = OpenRow(line)
            button.clicked.connect(partial(self._open, line.goal))
            made.column.addWidget(button)
        if card.more:
            more = trn("{count} more space", "{count} more spaces", card.more)
            made.column.addWidget(Text(more, "caption"))
        return made

    def _open(self, goal: Goal, _checked: bool = False) -> None:
        self.go.emit(goal)

    def take_keyboard(self) -> None:
        """The first line, where there is one."""
        rows = self.rows()
        if rows:
            rows[0].setFocus()
        else:
            self.setFocus()


class OpenRow(QPushButton):
    """Title, words below, and an arrow: the whole row is one button."""

    def __init__(self, line: HomeLine) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAccessibleName(f"{line.title}. {line.below}" if line.below else line.title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        names = QVBoxLayout()
        names.setSpacing(0)
        words = [Elided(line.title, "strong"), Elided(line.below, "caption")]
        across = QHBoxLayout(self)
        across.setContentsMargins(tokens.S3, tokens.S2, tokens.S3, tokens.S2)
        across.setSpacing(tokens.S3)
        for one in words:
            one.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            names.addWidget(one)
        across.addLayout(names, 1)
        arrow = Glyph("chevron-right", tokens.ICON_SMALL)
        arrow.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        across.addWidget(arrow)

    def sizeHint(self) -> QSize:
        """As high as its words."""
        layout = self.layout()
        high = layout.sizeHint().height() if layout is not None else 0
        return QSize(160, max(tokens.S6, high))

    def minimumSizeHint(self) -> QSize:
        """Gives way: its words shorten."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens it, too."""
        if event.key() in _ENTER:
            self.click()
            return
        super().keyPressEvent(event)
