"""One unlocked session: the presenters of all screens, and which of them an event concerns.

No Qt here; shell.py puts views in front of these presenters.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import tzinfo

from jitclient.events import (
    AlarmRaised,
    ConnectionChanged,
    DiskChanged,
    Event,
    ExhibitsChanged,
    MessagesChanged,
    SpacesChanged,
    SpaceWiped,
    TransferMoved,
)
from jitclient.views import AlarmRow, SpaceDetail
from protocol.errors import JitError
from protocol.ids import FileId, MessageId, SpaceId
from ui import words
from ui.alarms.presenter import AlarmsPresenter
from ui.closing.presenter import ClosingPresenter
from ui.conversation.common import Common
from ui.conversation.finding import FindPresenter
from ui.conversation.keys import KeysPresenter
from ui.conversation.presenter import ConversationPresenter
from ui.conversation.thread import ThreadPresenter
from ui.conversation.threads import ThreadsPresenter
from ui.custody.presenter import LogPresenter
from ui.disk.presenter import DiskPresenter
from ui.evidence.presenter import EvidencePresenter
from ui.home.presenter import HomePresenter
from ui.home.state import Goal
from ui.mentions.presenter import InboxPresenter
from ui.people.presenter import PeoplePresenter
from ui.ports import DeskPort
from ui.search.presenter import SearchPresenter
from ui.spaces.presenter import SpacesPresenter
from ui.spaces.state import Tab
from ui.status.presenter import StatusPresenter
from ui.tasks import TaskScope


class Room:
    """Everything behind the main frame.

    Args:
        clock: seconds since 1970 UTC.
        zone: the viewer's time zone; None for the computer's.
        common: what it shares with the windows that are open; None: it is the first.
    """

    def __init__(
        self,
        desk: DeskPort,
        clock: Callable[[], float],
        zone: tzinfo | None = None,
        *,
        common: Common | None = None,
    ) -> None:
        self.desk = desk
        self.common = common = common or Common(desk)
        self._clock = clock
        self.zone = zone
        self.tasks = TaskScope(self._failed)
        self.alarms = AlarmsPresenter(desk, self.tasks)
        self.status = StatusPresenter(desk, self.tasks, clock, self._alarms)
        self.alarms.offer = self.status.offer
        self.spaces = SpacesPresenter(desk, self.tasks, self._detail, self._tab)
        self._talk()
        self.evidence = EvidencePresenter(
            desk, self.tasks, clock, self.status.say, zone, common.left
        )
        self.conversation.listed = lambda: self.evidence.rows
        self.evidence.reviewing.offer = self.status.offer
        self.evidence.several.offer = self.status.offer
        self.people = PeoplePresenter(desk, self.tasks, zone)
        self.log = LogPresenter(desk, self.tasks, zone, common.left)
        self.closing = ClosingPresenter(desk, self.tasks, zone, common.left)
        self.disk = DiskPresenter(desk, self.tasks)
        self.home = HomePresenter(desk, self.tasks, clock, zone)
        self._watching = False
        self.wiped: Callable[[], None] = lambda: None
        self._unsubscribe = (
            desk.events.subscribe(self._event),
            desk.events.subscribe(self.home.heard),
            desk.events.subscribe(self.disk.heard),
            desk.events.subscribe(self.evidence.history.heard),
            self.conversation.drafts.stop,
            self.thread.stop,
        )

    def _talk(self) -> None:
        """What is said: the conversation, a thread beside it, what is found in it."""
        desk, zone, clock, common = self.desk, self.zone, self._clock, self.common
        self.conversation = ConversationPresenter(
            desk, self.tasks, zone, on_read=self.spaces.refresh, now=clock, common=common
        )
        self.thread = ThreadPresenter(
            desk,
            self.tasks,
            zone,
            lambda: self.conversation.state,
            common,
        )
        self.conversation.drafts.beside = self.thread.keep
        self.finding = FindPresenter(
            desk,
            self.tasks,
            lambda: self.conversation.state.space,
            lambda space, message: self.conversation.go_to(space, message, quiet=True),
        )
        self.keys = KeysPresenter(desk, self.tasks, zone, on_change=self.conversation.hold)

    def begin(self) -> None:
        """Load what is shown first."""
        self.spaces.refresh()
        self.status.refresh()
        self.tasks.start(self.desk.searching.catch_up(), name="search-index")

    def watched(self, yes: bool) -> None:
        """Whether the window is the active one."""
        self._watching = yes
        self._tab(self.spaces.state.tab)

    def show_exhibit(self, file: FileId) -> None:
        """From a line of the conversation to the exhibit."""
        self.spaces.show_tab(Tab.EVIDENCE)
        self.evidence.select(file)

    def go(self, goal: Goal) -> None:
        """Open a place of a space."""
        self.spaces.select(goal.space)
        self.spaces.show_tab(goal.tab)

    def search(self, *, everywhere: bool) -> SearchPresenter:
        """Begin a search, in the space in front or in all of them."""
        detail = self.spaces.state.detail
        front = detail is not None and not self.spaces.state.home
        here = (detail.row.space, words.plain(detail.row.title)) if detail and front else None
        return SearchPresenter(self.desk, self.tasks, here, everywhere=everywhere, zone=self.zone)

    def inbox(self) -> InboxPresenter:
        """Who pointed to this person, over all spaces."""
        return InboxPresenter(self.desk, self.tasks, self.zone)

    def threads(self, space: SpaceId) -> ThreadsPresenter:
        """What was answered in a space."""
        return ThreadsPresenter(self.desk, self.tasks, space, self.zone)

    def show_hit(self, space: SpaceId, message: MessageId | None, file: FileId | None) -> None:
        """Bring what was found to the front, in its place."""
        self.spaces.select(space)
        if file is not None:
            self.spaces.show_tab(Tab.EVIDENCE)
            self.evidence.go_to(space, file)
        elif message is not None:
            self.spaces.show_tab(Tab.CONVERSATION)
            self.conversation.go_to(space, message)

    def now(self) -> int:
        """Seconds since 1970 UTC."""
        return int(self._clock())

    def tick(self) -> None:
        """Called every few seconds: ages and clocks."""
        self.status.tick()
        self.conversation.drafts.tick()
        self.thread.tick()
        self.evidence.tick()
        if self.common.left.unkept:
            self.tasks.start(self.common.left.keep(), name="keep-left")

    async def keep(self) -> None:
        """Keep what is being written and how each space is left; the window locks or closes."""
        with suppress(JitError):  # a full disk must not keep the window open
            await self.conversation.drafts.keep()
        await self.common.left.keep()

    def close(self) -> None:
        """Stop every task and hear no more events."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self.tasks.close()

    def _failed(self, failure: Exception) -> None:
        self.alarms.failed(failure)

    def _alarms(self, alarms: tuple[AlarmRow, ...]) -> None:
        self.alarms.known(alarms)

    def _detail(self, detail: SpaceDetail | None) -> None:
        if detail is None or detail.row.space != self.conversation.state.space:
            self.finding.close()
            self.thread.close()
        self.conversation.open(detail)
        self.keys.open(detail.row.space if detail is not None else None)
        self.evidence.open(detail)
        self.people.open(detail)
        self.log.open(detail)
        self.closing.open(detail)
        self.status.selected(None if self.spaces.state.home else detail)

    def _tab(self, tab: Tab) -> None:
        home = self.spaces.state.home
        self.home.shown(yes=home)
        self.status.selected(None if home else self.spaces.state.detail)
        self.conversation.seen(self._watching and tab is Tab.CONVERSATION and not home)
        if tab is Tab.LOG:
            self.log.refresh()
        if tab is Tab.CLOSING:
            self.closing.refresh()

    def _event(self, event: Event) -> None:
        front = self.spaces.state.selected
        match event:
            case SpacesChanged():
                self.spaces.refresh()
                self.closing.refresh()
                self.status.refresh()
            case MessagesChanged(space):
                if space == front:
                    self.conversation.refresh()
                self.spaces.refresh()
                self.status.refresh()
            case ExhibitsChanged(space, files):
                if space == front:
                    self.evidence.changed(files)
                    self.conversation.exhibits_changed(files)
                self.status.settled(space)
                self.status.refresh()
            case TransferMoved():
                self.evidence.moved(event)
                self.status.moved(event)
            case ConnectionChanged() | DiskChanged():
                self.status.connection(event)
            case AlarmRaised(alarm):
                self.alarms.raised(alarm)
            case SpaceWiped(space):
                self.conversation.forget(space)
                self.wiped()
                self.spaces.refresh()
                self.closing.refresh()
                self.status.refresh()
