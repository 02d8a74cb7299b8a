"""Opens earlier messages to a member: an explicit act of an administrator, signed and logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from jitclient.views import LogEntryRow
from protocol.errors import JitError
from protocol.ids import SpaceId, UserId
from ui import words
from ui.errors.cards import card_for
from ui.language import told, tr
from ui.people.state import SharePoint, ShareState
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import TaskScope


class SharePresenter(Presenter[ShareState]):
    """Behind the sheet "Share earlier messages"."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        space: SpaceId,
        user: UserId,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(ShareState())
        self._desk = desk
        self._tasks = tasks
        self._space = space
        self._user = user
        self._zone = zone

    def load(self) -> None:
        """Read the entries of the log that can be chosen."""
        self._tasks.start(self._load(), name="entries")

    def choose(self, seq: int) -> None:
        """From this entry of the log on; nothing is shared by choosing."""
        if any(one.seq == seq for one in self.state.points):
            self._show(replace(self.state, since=seq, problem=None))

    @property
    def chosen(self) -> str:
        """What is chosen, in words."""
        return next((one.text for one in self.state.points if one.seq == self.state.since), "")

    async def share(self) -> bool:
        """Sign it, after the view asked for confirmation. False when it failed."""
        if self.state.busy or self.state.loading:
            return False
        self._show(replace(self.state, busy=True, problem=None))
        try:
            await self._desk.share_history(self._space, self._user, self.state.since)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, busy=False, problem=card_for(failure)))
            return False
        self._show(replace(self.state, busy=False))
        return True

    async def _load(self) -> None:
        try:
            rows = await self._desk.log_entries(self._space)
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        points = tuple(self._point(one) for one in rows)
        newest = points[-1].seq if points else 0  # the least is chosen first, never everything
        self._show(replace(self.state, points=points, since=newest, loading=False))

    def _point(self, row: LogEntryRow) -> SharePoint:
        when = words.stamp(row.at, self._zone)
        if row.seq == 0:
            return SharePoint(0, tr("Everything, since the space was opened ({when})", when=when))
        return SharePoint(
            row.seq, tr("Since {when}: {text}", when=when, text=told(words.plain(row.text)))
        )
