"""The sheet of transfers: all spaces, in order, with pauses and limits."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from protocol.ids import FileId
from ui.evidence.queue import RATES, QueuePresenter, rate_words
from ui.evidence.state import QueueItem, QueueState
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.theme.tokens import Tone
from ui.widgets.bar import Bar
from ui.widgets.button import Button, IconButton
from ui.widgets.chip import Chip
from ui.widgets.confirm import confirm
from ui.widgets.elided import Elided
from ui.widgets.facts import clear
from ui.widgets.glyph import Glyph
from ui.widgets.panel import Panel, Scroll, row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class QueueSheet(Sheet):
    """Two transfers run at once; the others wait in this order."""

    wide = 760

    def __init__(self, parent: QWidget, presenter: QueuePresenter, tasks: TaskScope) -> None:
        super().__init__(
            parent,
            tr("Transfers"),
            lead=tr(
                "Of all your spaces, in order. Two run at once, the others wait. Pauses and "
                "limits hold until you change them, also after a restart."
            ),
        )
        self._presenter = presenter
        self._tasks = tasks
        self._rows: dict[FileId, _TransferRow] = {}
        self._order: tuple[FileId, ...] = ()
        self.pause_all = Button(tr("Pause all"), icon="pause")
        self.pause_all.clicked.connect(presenter.pause_all)
        self.resume_all = Button(tr("Resume all"), icon="play")
        self.resume_all.clicked.connect(presenter.resume_all)
        self.up = _limit(tr("What you hand over"))
        self.up.activated.connect(lambda at: presenter.limit(up=self.up.itemData(at)))
        self.down = _limit(tr("What you take over"))
        self.down.activated.connect(lambda at: presenter.limit(down=self.down.itemData(at)))
        head = row(Text(tr("Up"), "label"), self.up, Text(tr("Down"), "label"), self.down, None)
        head.addWidget(self.pause_all)
        head.addWidget(self.resume_all)
        self.body.addLayout(head)
        self.list = Scroll(tr("Transfers"), margin=0)
        self.list.setMinimumHeight(300)
        self.list.column.setSpacing(tokens.S2)
        self.body.addWidget(self.list, 1)
        self.more = Text("", "caption")
        self.body.addWidget(self.more)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.close)

    def render_state(self, state: QueueState) -> None:
        """Show the queue and its limits."""
        order = tuple(one.file for one in state.items)
        if order != self._order or not (order or self._rows or state.loading):
            self._lay_out(state)
        for one in state.items:
            self._rows[one.file].show_item(one)
        self.more.setText(tr("… and {more} more.", more=state.more) if state.more else "")
        reveal(self.more, bool(state.more))
        self.pause_all.setEnabled(state.can_pause)
        self.resume_all.setEnabled(state.can_resume)
        _choose(self.up, state.up)
        _choose(self.down, state.down)
        self.notice.show_card(state.problem)

    def _lay_out(self, state: QueueState) -> None:
        self._order = tuple(one.file for one in state.items)
        clear(self.list.column)
        self._rows = {}
        before: QWidget = self.resume_all
        for one in state.items:
            line = self._rows[one.file] = _TransferRow(one, self)
            self.list.column.addWidget(line)
            for button in line.buttons:
                self.setTabOrder(before, button)
                before = button
        if not state.items:
            done = tr("All caught up. Nothing travels and nothing waits.")
            said = tr("Reading…") if state.loading else done
            self.list.column.addWidget(Text(said, "secondary", wrap=True))
        self.list.column.addStretch(1)

    def move_item(self, item: QueueItem, *, first: bool) -> None:
        """Before, or after, all others."""
        self._presenter.move(item, first=first)

    def turn(self, item: QueueItem) -> None:
        """Pause it, or go on."""
        self._presenter.turn(item)

    def ask_cancel(self, item: QueueItem) -> None:
        """Ask, then end it for good."""
        self._tasks.start(self._ask_cancel(item), name="ask-cancel")

    async def _ask_cancel(self, item: QueueItem) -> None:
        effect = (
            tr("{name} is not handed over. Parts at the store are erased.", name=item.name)
            if item.up
            else tr("{name} is not taken over. What came of it is deleted here.", name=item.name)
        )
        gone = await confirm(
            self,
            tr("Cancel this transfer?"),
            (effect,),
            action=tr("Cancel the transfer"),
            cancel=tr("Keep it"),
        )
        if gone:
            self._presenter.cancel(item.space, item.file)


class _TransferRow(Panel):
    """One transfer: name and place above its bar, what can be done beside them."""

    def __init__(self, item: QueueItem, sheet: QueueSheet) -> None:
        super().__init__("card")
        self._item = item
        name = item.name
        self._bar = Bar(tr("Progress of {name}", name=name))
        self._motion = Elided("", "caption")
        self._state = Chip(item.badge)
        self.turn = IconButton("pause", tr("Pause {name}", name=name), size=tokens.ICON_SMALL)
        self.turn.clicked.connect(lambda: sheet.turn(self._item))
        first = IconButton(
            "chevron-up", tr("Let {name} go first", name=name), size=tokens.ICON_SMALL
        )
        first.clicked.connect(lambda: sheet.move_item(self._item, first=True))
        last = IconButton(
            "chevron-down", tr("Let {name} go last", name=name), size=tokens.ICON_SMALL
        )
        last.clicked.connect(lambda: sheet.move_item(self._item, first=False))
        away = IconButton("x", tr("Cancel {name}", name=name), size=tokens.ICON_SMALL)
        away.clicked.connect(lambda: sheet.ask_cancel(self._item))
        self.buttons = (first, last, self.turn, away)
        self._ends = (first, last)
        way = Glyph("upload" if item.up else "download", tokens.ICON_SMALL, Tone.NEUTRAL)
        grid = QGridLayout()
        grid.setContentsMargins(tokens.S3, tokens.S2, tokens.S3, tokens.S3)
        grid.setHorizontalSpacing(tokens.S3)
        grid.setVerticalSpacing(tokens.S1)
        grid.addWidget(way, 0, 0)
        grid.addWidget(Elided(name, "strong"), 0, 1)
        grid.addWidget(self._state, 0, 2)
        for at, button in enumerate(self.buttons, 3):
            grid.addWidget(button, 0, at)
        grid.addWidget(self._motion, 1, 1, 1, 6)
        grid.addWidget(self._bar, 2, 1, 1, 6)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)

    def show_item(self, item: QueueItem) -> None:
        """As it stands now."""
        self._item = item
        self._bar.show_percent(item.percent, Tone.WARN if item.paused else Tone.ACCENT)
        self._motion.setText(f"{item.where}  ·  {item.motion}")
        self._state.show_badge(item.badge)
        said = (
            tr("Resume {name}", name=item.name)
            if item.paused
            else tr("Pause {name}", name=item.name)
        )
        self.turn.rename(said, "play" if item.paused else "pause")
        for button in self._ends:
            button.setEnabled(not item.paused)


def _limit(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(tr("Limit: {what}", what=name))
    for rate in RATES:
        box.addItem(rate_words(rate), rate)
    return box


def _choose(box: QComboBox, rate: int) -> None:
    if box.findData(rate) < 0:  # one that was set on the command line
        box.addItem(rate_words(rate), rate)
    box.setCurrentIndex(box.findData(rate))
