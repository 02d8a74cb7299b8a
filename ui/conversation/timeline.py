"""The scrolling list of rows: keeps its place, builds in small steps, moves with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent
from PySide6.QtWidgets import QWidget

from jitclient.mentionviews import Spot
from protocol.ids import FileId, MessageId
from ui.collecting import later
from ui.conversation import rowviews
from ui.conversation.finding import Marks
from ui.conversation.place import Place, place_of
from ui.conversation.rowviews import MessageView
from ui.conversation.state import MessageItem, TimelineRow
from ui.conversation.tools import Tools
from ui.copying import copy
from ui.language import tr
from ui.theme import tokens
from ui.watching import unseen
from ui.widgets.bin import Bin
from ui.widgets.button import Button
from ui.widgets.reveal import reveal
from ui.widgets.saying import hear

_STEP: Final = 8  # rows that may come at once, at the end
_TURN_MS: Final = 4  # of building in one turn of the loop; as much comes on top for laying out


class Timeline(Place):
    """Rows from old to new. The newest are built first."""

    reply = Signal(bytes)
    edit = Signal(bytes)
    versions = Signal(bytes)
    gap = Signal(bytes)
    show_thread = Signal(bytes)
    show_exhibit = Signal(bytes)
    show_person = Signal(object)  # a user, or None for whoever has a role
    older = Signal()
    newer = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Messages"))
        self._rows: tuple[TimelineRow, ...] = ()
        self._views: dict[str, QWidget] = {}
        self._items: dict[str, TimelineRow] = {}
        self._order: list[str] = []
        self._pending: list[TimelineRow] = []
        self._current: str | None = None
        self._marks: tuple[Marks, MessageId | None] = ({}, None)
        self._bin = Bin(self.ground)
        self._build_frame()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_some)
        self.verticalScrollBar().valueChanged.connect(self._tools.away)

    def _build_frame(self) -> None:
        self.ground.setObjectName("scrollBody")
        self.older_button = Button(tr("Load older messages"), "quiet", icon="chevron-up")
        self.older_button.clicked.connect(self.older)
        self.newer_button = Button(tr("Load newer messages"), "quiet", icon="chevron-down")
        self.newer_button.clicked.connect(self.newer)
        self.ground.between(self.older_button, self.newer_button)
        self._tools = Tools(self.ground)
        self.setWidget(self.ground)
        self.viewport().setAutoFillBackground(False)
        self._tools.wire(self.answer, self.change, lambda view: copy(view.item.text))

    @property
    def built(self) -> bool:
        """Whether every row has its widget."""
        return not self._pending

    def message_views(self) -> list[MessageView]:
        """The messages built so far, oldest first."""
        views = [self._views[key] for key in self._order]
        return [one for one in views if isinstance(one, MessageView)]

    def growing(self) -> bool:
        """Whether rows are still being built."""
        return bool(self._pending)

    def view_of(self, key: str) -> MessageView | None:
        """The message of a key, if it is built."""
        view = self._views.get(key)
        return view if isinstance(view, MessageView) else None

    def show_rows(
        self, rows: tuple[TimelineRow, ...], *, has_older: bool, has_newer: bool = False
    ) -> None:
        """Show other rows; those that stay keep their widgets and the eye its place."""
        reveal(self.older_button, has_older)
        reveal(self.newer_button, has_newer)
        if rows is self._rows:
            return
        self._rows = rows
        wanted = {one.key: one for one in rows}
        self.keep_place()
        with unseen():
            for key in [key for key in self._order if key not in wanted]:
                self._remove(key)
        fresh: list[TimelineRow] = []
        for item in rows:
            if item.key not in self._views:
                fresh.append(item)
            elif self._items[item.key] != item:
                self._update(item)
        appended = bool(self._order) and bool(fresh) and fresh[0] in rows[-len(fresh) :]
        if appended and len(fresh) <= _STEP:
            for item in fresh:
                self._insert(item)
            self._pending = []
            return
        self._pending = fresh
        if fresh:
            self._build_some()
            self._timer.start()

    def _build_some(self) -> None:
        self.keep_place()
        later()
        clock = QElapsedTimer()
        clock.start()
        with unseen():
            while self._pending and clock.elapsed() < _TURN_MS:
                self._insert(self._pending.pop())
        if not self._pending:
            self._timer.stop()
            self.reach()

    def _insert(self, item: TimelineRow) -> None:
        self._tools.away()  # Rows move away from under them.
        view = rowviews.make(item, self)
        if isinstance(view, MessageView):
            view.mark(*self._marks)
        at = place_of(item.key, self._rows, self._order)
        self.ground.stand(at, view)
        self._order.insert(at, item.key)
        self._views[item.key] = view
        self._items[item.key] = item

    def _update(self, item: TimelineRow) -> None:
        view = self._views[item.key]
        if isinstance(view, MessageView) and isinstance(item, MessageItem) and view.takes(item):
            view.show_item(item)
            self._items[item.key] = item
            return
        self._remove(item.key)
        self._insert(item)

    def _remove(self, key: str) -> None:
        view = self._views.pop(key)
        self._items.pop(key)
        self._order.remove(key)
        if view is self._tools.over:
            self._tools.away()
        if key == self._current:
            self._current = None
        self.goes(view)
        self.ground.let_go(view)
        self._bin.throw(view)

    def mark(self, marks: Marks, now: MessageId | None) -> None:
        """Mark what was searched for in each message; the one that one is at stands out."""
        self._marks = (marks, now)
        for view in self.message_views():
            view.mark(*self._marks)

    def step(self, by: int) -> None:
        """Move the keyboard by `by` messages."""
        views = self.message_views()
        if not views:
            return
        now = next((i for i, one in enumerate(views) if one.item.key == self._current), None)
        at = len(views) - 1 if now is None else min(len(views) - 1, max(0, now + by))
        self._set_current(views[at])
        hear(views[at])
        self.ensureWidgetVisible(views[at], 0, tokens.S5)

    def to_newest(self) -> None:
        """Down to the end, and the keyboard with it."""
        self.step(len(self._order))
        self.to_end()

    def current(self) -> MessageView | None:
        """The message the keyboard is on."""
        return self.view_of(self._current or "")

    def on_current(self, act: Callable[[MessageView], None]) -> None:
        """Do something to the message the keyboard is on, if it is on one."""
        view = self.current()
        if view is not None:
            act(view)

    def answer(self, view: MessageView) -> None:
        """A message is to be answered."""
        self.reply.emit(view.item.message)

    def change(self, view: MessageView) -> None:
        """A message is to be changed."""
        self.edit.emit(view.item.message)

    def copy_current(self) -> None:
        """Copy the selection, or the whole message the keyboard is on."""
        for view in self.message_views():
            if view.body is not None and view.body.selected_text():
                copy(view.body.selected_text())
                return
        now = self.current()
        if now is not None:
            copy(now.item.text)

    def _set_current(self, view: MessageView | None) -> None:
        before = self.current()
        if before is not None:
            before.set_current(False)
        self._current = view.item.key if view is not None else None
        if view is not None:
            view.set_current(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By keyboard: start at the newest message."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.step(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes with the focus, but stays while a sheet or another window is in front."""
        super().focusOutEvent(event)
        stays = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if event.reason() not in stays:
            self._set_current(None)

    def hovered(self, view: MessageView) -> None:
        """Show what can be done beside the message under the mouse."""
        self._tools.beside(view, self.ground)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse went elsewhere."""
        super().leaveEvent(event)
        self._tools.away()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another tab came to the front."""
        super().hideEvent(event)
        self._tools.away()

    def picked(self, view: MessageView) -> None:
        """The keyboard goes where the mouse clicked."""
        self._set_current(view)

    def exhibit(self, file: FileId) -> None:
        """A row asks for its exhibit."""
        self.show_exhibit.emit(file)

    def lacking(self, message: MessageId) -> None:
        """A gap asks for what is known of it."""
        self.gap.emit(message)

    def history(self, view: MessageView) -> None:
        """A row asks for its versions."""
        if view.item.edited:
            self.versions.emit(view.item.message)

    def open_thread(self, view: MessageView) -> None:
        """A row asks for its thread."""
        self.show_thread.emit(view.item.thread)

    def mention(self, spot: Spot) -> None:
        """A row asks for whom or what it points to."""
        if spot.target.file is not None:
            self.show_exhibit.emit(spot.target.file)
        else:
            self.show_person.emit(spot.target.user)
