"""The band over every window of a training, and the tasks that tick themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui import words as common
from ui.errors.cards import ErrorCard
from ui.language import tr
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.training.presenter import TrainingPresenter
from ui.training.state import Task, TrainingState
from ui.training.words import how, title
from ui.widgets.bounded import Bounded
from ui.widgets.button import Button
from ui.widgets.glyph import Glyph
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.saying import tell
from ui.widgets.text import Text

_WIDE: Final = 960  # three tasks side by side
_MIDDLE: Final = 620  # two
_SHARE: Final = 3  # of the window's height the tasks take at most a third


class Band(QWidget):
    """A quiet strip in the tone of a warning that says where a person is.

    Args:
        says: its words, asked for again when the language changes.
    """

    def __init__(self, says: Callable[[], str]) -> None:
        super().__init__()
        self._says = says
        self.words = Text("", "strong", wrap=True)
        self._speak()
        self.across = row(Glyph("flag", tokens.ICON_SMALL, Tone.WARN), self.words)
        self.across.setStretch(1, 1)
        self.across.setContentsMargins(tokens.S4, tokens.S1, tokens.S4, tokens.S1)
        self.setLayout(self.across)

    def _speak(self) -> None:
        self.setAccessibleName(tr("Training"))
        self.words.setText(self._says())

    def changeEvent(self, event: QEvent) -> None:
        """Say it in the language that was chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._speak()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The soft ground of the tone, and a line below."""
        ink, soft = palette().tone(Tone.WARN)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(soft))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(ink))
        painter.end()


def said() -> str:
    """What every window of a training says."""
    return tr("Training: a made-up case. Nothing here is real.")


class TrainingView(QWidget):
    """Over the first window; `ends` when the person has had enough."""

    ends = Signal()

    def __init__(self, presenter: TrainingPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._done: frozenset[Task] | None = None
        self.band = Band(said)
        self.list = Button("", "quiet", icon="chevron-up")
        self.list.clicked.connect(presenter.toggle)
        self.end = Button("", "quiet", icon="log-out")
        self.end.clicked.connect(self.ends)
        self.band.across.addWidget(self.list)
        self.band.across.addWidget(self.end)
        self.passphrase = Text("", "caption", wrap=True, selectable=True)
        self.rows = {task: _Row(task) for task in Task}
        self.grid = QGridLayout()
        self.grid.setSpacing(tokens.S3)
        self._columns = 0
        self.practice = Text("", "caption", wrap=True, selectable=True)
        inside = Panel("header", spacing=tokens.S3)
        inside.column.setContentsMargins(tokens.S4, tokens.S3, tokens.S4, tokens.S3)
        inside.column.addLayout(self.grid)
        inside.column.addWidget(self.practice)
        self.listing = Bounded(inside, self._most)
        self.listing.verticalScrollBar().rangeChanged.connect(self._reach)
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.band)
        column.addWidget(self.listing)
        column.addWidget(self._key())
        self.stopped: Notice | None = None
        self._lay_out(3)
        presenter.attach(self.render_state)

    def _key(self) -> Panel:
        self.key = Panel("header")
        self.key.column.setContentsMargins(tokens.S4, tokens.S2, tokens.S4, tokens.S2)
        self.key.column.addWidget(self.passphrase)
        return self.key

    def _reach(self, _least: int, most: int) -> None:
        """Where not everything is in sight, the keyboard can come and scroll."""
        policy = Qt.FocusPolicy.TabFocus if most > 0 else Qt.FocusPolicy.NoFocus
        self.listing.setFocusPolicy(policy)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything in the language that was chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            if self.stopped is not None:
                self.stopped.deleteLater()
                self.stopped = None
            self.render_state(self._presenter.state)

    def _most(self) -> int:
        return max(self.window().height() // _SHARE, fonts.px(120))

    def render_state(self, state: TrainingState) -> None:
        """Show what is done; a new tick is said to who does not see it."""
        done, every = len(state.done), len(Task)
        self.end.setText(tr("End the training"))
        self.listing.setAccessibleName(tr("Tasks of the training"))
        self.list.setText(tr("Tasks: {done} of {count} done", done=done, count=every))
        self.list.set_icon("chevron-up" if state.listed else "chevron-down")
        word = tr("The passphrase of this training: {words}", words=state.ready.passphrase)
        self.passphrase.setText(word)
        self.practice.setText(
            tr(
                "The prepared file: {path}",
                path=common.plain(str(state.ready.practice)),
            )
        )
        for task, one in self.rows.items():
            one.show_done(yes=task in state.done)
        reveal(self.key, state.locked or state.listed)
        reveal(self.listing, state.listed and not state.locked)
        reveal(self.list, not state.locked)
        self._show_stopped(state.stopped)
        if self._done is not None:
            for task in state.done - self._done:
                tell(self, tr("Done: {task}", task=title(task)))
        self._done = state.done

    def _show_stopped(self, card: ErrorCard | None) -> None:
        """Above everything else of the window, with the one thing that is left to do."""
        if card is None:
            return
        if self.stopped is None:
            self.stopped = Notice(retry=tr("End the training"), icon="log-out", closable=False)
            self.stopped.retry.connect(self.ends)
            self.column.addWidget(self.stopped)
        self.stopped.show_card(card)
        reveal(self.listing, False)
        reveal(self.list, False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many tasks side by side as there is room for."""
        super().resizeEvent(event)
        width = self.width()
        self._lay_out(3 if width >= fonts.px(_WIDE) else 2 if width >= fonts.px(_MIDDLE) else 1)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, one in enumerate(self.rows.values()):
            self.grid.addWidget(one, at // columns, at % columns, Qt.AlignmentFlag.AlignTop)
        for at in range(3):
            self.grid.setColumnStretch(at, 1 if at < columns else 0)


class _Row(QWidget):
    """A task, and whether it was done."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task
        self._tick = Glyph("circle", tokens.ICON_SMALL)
        self._title = Text("", "strong", wrap=True)
        self._how = Text("", "caption", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._how)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(tokens.S2)
        across.addWidget(self._tick, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(words, 1)

    def show_done(self, *, yes: bool) -> None:
        """Tick it; its words are those of the language now."""
        self._title.setText(title(self._task))
        self._how.setText(how(self._task))
        self._tick.show_icon("circle-check" if yes else "circle", Tone.OK if yes else Tone.NEUTRAL)
        self._title.setAccessibleName(
            tr("Done: {task}", task=title(self._task)) if yes else title(self._task)
        )
