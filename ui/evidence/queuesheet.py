"""The sheet of transfers: all spaces, in order, with pauses and limits."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QListView, QStackedWidget, QWidget

from protocol.ids import FileId
from ui.binding import bind
from ui.evidence.outboxpart import OutboxPart
from ui.evidence.queue import RATES, QueuePresenter, rate_words
from ui.evidence.queuemodel import QueueModel, QueuePainter
from ui.evidence.state import QueueItem, QueueState
from ui.language import tr, trn
from ui.shortcuts import named
from ui.tasks import TaskScope
from ui.widgets.button import Button
from ui.widgets.confirm import confirm
from ui.widgets.panel import row
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
        self._chosen: FileId | None = None
        self._make_head()
        self.trouble = Text("", "tone-warn", wrap=True)
        self.body.addWidget(self.trouble)
        self.body.addWidget(self._make_list(), 1)
        self.body.addLayout(self._make_acts())
        self.outbox = OutboxPart()
        self.body.addWidget(self.outbox)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.close)
        self.list.setFocus()

    def _make_head(self) -> None:
        """What holds for all of them."""
        self.pause_all = Button(tr("Pause all"), icon="pause")
        self.pause_all.clicked.connect(self._presenter.pause_all)
        self.resume_all = Button(tr("Resume all"), icon="play")
        self.resume_all.clicked.connect(self._presenter.resume_all)
        self.up = _limit(tr("What you hand over"))
        self.up.activated.connect(lambda at: self._presenter.limit(up=self.up.itemData(at)))
        self.down = _limit(tr("What you take over"))
        self.down.activated.connect(lambda at: self._presenter.limit(down=self.down.itemData(at)))
        up, down = Text(tr("Up"), "label"), Text(tr("Down"), "label")
        up.setBuddy(self.up)
        down.setBuddy(self.down)
        head = row(up, self.up, down, self.down, None)
        head.addWidget(self.pause_all)
        head.addWidget(self.resume_all)
        self.body.addLayout(head)
        self.metered = _lines()
        self.metered.activated.connect(lambda at: self._presenter.meter(self.metered.itemData(at)))
        asks = Text(tr("Metered line"), "label")
        asks.setBuddy(self.metered)
        self.body.addLayout(row(asks, self.metered, None))

    def _make_list(self) -> QStackedWidget:
        self.model = QueueModel()
        self.list = QListView()
        self.list.setProperty("kind", "boxed")
        self.list.setModel(self.model)
        self.list.setItemDelegate(QueuePainter(self.model, self.list))
        self.list.setAccessibleName(tr("Transfers"))
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.selectionModel().currentRowChanged.connect(self._picked)
        bar = self.list.verticalScrollBar()
        bar.valueChanged.connect(
            lambda at: self._presenter.further() if at == bar.maximum() else None
        )
        self.empty = Text("", "secondary", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.list)
        self.stack.setMinimumHeight(228)
        return self.stack

    def _make_acts(self) -> QHBoxLayout:
        """What is done with the transfer that is selected."""
        self.first = Button(tr("Go first"), icon="chevron-up")
        self.first.clicked.connect(lambda: self._move(first=True))
        self.last = Button(tr("Go last"), icon="chevron-down")
        self.last.clicked.connect(lambda: self._move(first=False))
        self.turn = Button(tr("Pause"))
        self.turn.clicked.connect(self._turn)
        self.away = Button(tr("Cancel…"), icon="x")
        self.away.clicked.connect(self._ask)
        self.count = Text("", "caption")
        self.undo = Button(tr("Undo"), "quiet", hint=named(tr("Undo"), "undo"))
        self.undo.clicked.connect(self._presenter.undo)
        bind(self, "undo", self._presenter.undo)
        return row(self.count, self.undo, None, self.first, self.last, self.turn, self.away)

    def render_state(self, state: QueueState) -> None:
        """Show the queue and its limits."""
        if self.model.show_items(state.items):
            self._select(state)
        self.empty.setText(tr("Reading…") if state.loading else state.caught_up)
        self.trouble.setText(state.trouble)
        reveal(self.trouble, bool(state.trouble))
        self.outbox.show_lines(state.outbox, state.unsent)
        self.stack.setCurrentIndex(1 if state.items else 0)
        total = len(state.items) + state.more
        self.count.setText(trn("{count} transfer", "{count} transfers", total) if total else "")
        reveal(self.undo, state.can_undo)
        self.pause_all.setEnabled(state.can_pause)
        self.resume_all.setEnabled(state.can_resume)
        self.metered.setCurrentIndex(self.metered.findData(state.metered))
        self.metered.setEnabled(not state.metered_locked)
        _choose(self.up, state.up)
        _choose(self.down, state.down)
        self.notice.show_card(state.problem)
        self._enable()

    def _select(self, state: QueueState) -> None:
        """The transfer that was selected is so where it stands now; without one, the first."""
        at = state.places.get(self._chosen, 0) if self._chosen is not None else 0
        if state.items:
            self.list.setCurrentIndex(self.model.index(min(at, len(state.items) - 1), 0))

    def _picked(self, now: QModelIndex) -> None:
        if now.isValid():
            self._chosen = self.model.items[now.row()].file
        self._enable()

    def _enable(self) -> None:
        item = self._item()
        waits = item is not None and not (item.paused or item.failed)
        for button, able in (
            (self.first, waits),
            (self.last, waits),
            (self.turn, item is not None),
            (self.away, item is not None),
        ):
            button.setEnabled(able)
        if item is not None and item.failed:
            self.turn.setText(tr("Try again"))
        else:
            self.turn.setText(tr("Resume") if item is not None and item.paused else tr("Pause"))

    def _item(self) -> QueueItem | None:
        at = self.list.currentIndex().row()
        return self.model.items[at] if 0 <= at < len(self.model.items) else None

    def _move(self, *, first: bool) -> None:
        item = self._item()
        if item is not None:
            self._presenter.move(item, first=first)

    def _turn(self) -> None:
        item = self._item()
        if item is not None:
            self._presenter.turn(item)

    def _ask(self) -> None:
        item = self._item()
        if item is not None:
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


def _limit(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleDescription(tr("Limit: {what}", what=name))
    for rate in RATES:
        box.addItem(rate_words(rate), rate)
    return box


def _lines() -> QComboBox:
    box = QComboBox()
    box.setAccessibleDescription(tr("On a metered line large files wait"))
    for value, word in (
        ("auto", tr("As the system says")),
        ("yes", tr("Yes: large files wait")),
        ("no", tr("No: everything travels")),
    ):
        box.addItem(word, value)
    return box


def _choose(box: QComboBox, rate: int) -> None:
    if box.findData(rate) < 0:  # one that was set on the command line
        box.addItem(rate_words(rate), rate)
    box.setCurrentIndex(box.findData(rate))
