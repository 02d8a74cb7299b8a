"""Lists exhibits and steers their transfers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Final

from jitclient.events import TransferMoved
from jitclient.reviewviews import keeps
from jitclient.views import ExhibitRow, Purpose, SpaceDetail, SpaceState
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.evidence import items
from ui.evidence.handlist import HandList, hand_list
from ui.evidence.reviewing import Reviewing
from ui.evidence.state import Column, EvidenceState, ExhibitItem
from ui.evidence.uses import PermissionPresenter
from ui.language import tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

_MANY: Final = 500  # more rows than this are prepared off the window's thread


class EvidencePresenter(Presenter[EvidenceState]):
    """One for the window; it turns to the space in front.

    Args:
        say: shows a short word of success.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        clock: Callable[[], float],
        say: Callable[[str], None],
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__(EvidenceState())
        self._desk = desk
        self._tasks = tasks
        self._clock = clock
        self._say = say
        self._zone = zone
        self._rows: dict[FileId, ExhibitRow] = {}
        self._moved: dict[FileId, float] = {}
        self._asked: tuple[SpaceId, FileId] | None = None
        self._items: dict[FileId, tuple[ExhibitRow, int, ExhibitItem]] = {}
        self.refresh = Reload(tasks, self._load, name="evidence")
        self.reviewing = Reviewing(desk, tasks, self, say)

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        space = detail.row.space if detail is not None else None
        if space != self.state.space:
            self._rows = {}
            self._moved = {}
            self._show(EvidenceState(space=space))
        if detail is None:
            return
        can_add, why_not = _may_add(detail)
        self._show(replace(self.state, can_add=can_add, why_not=why_not))
        if detail.row.state in (SpaceState.CLOSING, SpaceState.WIPED):
            self._rows = {}
            self._paint(replace(self.state, loading=False))
            return
        self.refresh()

    def row(self, file: FileId) -> ExhibitRow | None:
        """The exhibit behind a table row."""
        return self._rows.get(file)

    def hand_list(self, detail: SpaceDetail, made: str) -> HandList:
        """The hand-over list of what the filter shows."""
        rows = [self._rows[one.file] for one in self.state.items if one.file in self._rows]
        return hand_list(rows, detail.row.title, detail.row.agreement, made, self._zone)

    def select(self, file: FileId | None) -> None:
        """Show an exhibit in the inspector."""
        row = self._rows.get(file) if file is not None else None
        shown = items.details(row, self._zone) if row is not None else None
        self._show(replace(self.state, selected=file, details=shown, row=row))

    def go_to(self, space: SpaceId, file: FileId) -> None:
        """Select an exhibit, filtered out or not, as soon as its space is in front."""
        self._asked = (space, file)
        if self.state.space == space:
            self.refresh()

    def filter(self, query: str) -> None:
        """Keep the rows with all these words."""
        self._paint(replace(self.state, query=query))

    def sort_by(self, column: Column, *, descending: bool) -> None:
        """Order by a column."""
        self._paint(replace(self.state, sort=column, descending=descending))

    def moved(self, event: TransferMoved) -> None:
        """Bytes moved: one row changes, nothing is asked."""
        row = self._rows.get(event.file)
        if row is None or event.space != self.state.space:
            return
        if event.done > row.done:
            self._moved[event.file] = self._clock()
        self._rows[event.file] = replace(row, done=event.done, total=event.total, rate=event.rate)
        changed = items.item(self._rows[event.file])
        shown = tuple(changed if one.file == event.file else one for one in self.state.items)
        self._show(replace(self.state, items=shown))

    def tick(self) -> None:
        """Time went by: a transfer that stands still says so."""
        if any(row.state in words.MOVING for row in self._rows.values()):
            self._paint(self.state)

    def pause(self) -> None:
        """Pause the selected transfer."""
        self._act(tr("Pausing…"), self._desk.pause, tr("Paused"))

    def resume(self) -> None:
        """Resume, or start, the selected transfer."""
        self._act(tr("Resuming…"), self._desk.resume, tr("Resumed"))

    def cancel(self) -> None:
        """Cancel the selected upload; once on the server, withdraw it."""
        self._act(tr("Cancelling…"), self._desk.cancel, tr("Cancelled"))

    def copied(self) -> None:
        """The view put a hash on the clipboard."""
        self._say(tr("SHA-256 copied"))

    def failed(self, failure: JitError) -> None:
        """Show a failure that happened beside this screen."""
        self._show(replace(self.state, problem=card_for(failure)))

    def dismiss(self) -> None:
        """Take the error card away."""
        self._show(replace(self.state, problem=None))

    def permission(self, row: ExhibitRow) -> PermissionPresenter:
        """Begin to record what an originator permitted."""
        return PermissionPresenter(self._desk, row)

    def export(self, out: Path, purpose: Purpose = Purpose.WORK) -> None:
        """Write a verified copy; an existing file is never overwritten."""
        space, file = self.state.space, self.state.selected
        if space is not None and file is not None:

            async def write() -> str:
                made = await self._desk.export(space, file, out, purpose)
                return tr("Saved as {name}", name=made.name)

            self._run(tr("Saving a verified copy…"), write)

    def verify(self) -> None:
        """Read everything again and compare it with the signed manifest."""
        space, file = self.state.space, self.state.selected
        if space is not None and file is not None:

            async def check() -> str:
                await self._desk.verify_exhibit(space, file)
                return tr("Verified: every byte equals the signed manifest")

            self._run(tr("Reading and verifying every byte…"), check)

    def _act(self, busy: str, act: Callable[[SpaceId, FileId], Awaitable[None]], done: str) -> None:
        space, file = self.state.space, self.state.selected
        if space is not None and file is not None:

            async def steer() -> str:
                await act(space, file)
                return done

            self._run(busy, steer)

    def _run(self, busy: str, work: Callable[[], Awaitable[str]]) -> None:
        if not self.state.busy:
            self._show(replace(self.state, busy=busy, problem=None))
            self._tasks.start(self._finish(work), name="exhibit")

    async def _finish(self, work: Callable[[], Awaitable[str]]) -> None:
        try:
            self._say(await work())
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, problem=card_for(failure)))
        finally:
            self._show(replace(self.state, busy=""))
        self.refresh()

    async def _load(self) -> None:
        space = self.state.space
        if space is None:
            return
        try:
            rows = await self._desk.exhibits(space)
            views = await self._desk.reviewing.views(space)
        except JitError as failure:
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        if len(rows) > _MANY:
            await asyncio.to_thread(self._prepare, rows)
        if self.state.space != space:
            return
        self._rows = {one.file: one for one in rows}
        self._items = {file: one for file, one in self._items.items() if file in self._rows}
        self._moved = {file: at for file, at in self._moved.items() if file in self._rows}
        self._paint(replace(self.state, loading=False, views=views))
        if self._asked is not None and self._asked[0] == space:
            file, self._asked = self._asked[1], None
            hidden = file in self._rows and all(one.file != file for one in self.state.items)
            if hidden:
                self.filter("")
            self.select(file)

    def _paint(self, state: EvidenceState) -> None:
        now = self._clock()
        kept = [
            self._item(row, self._still(row, now))
            for row in self._rows.values()
            if not state.query or keeps(row, state.query)
        ]
        shown = items.ordered(kept, state.sort, descending=state.descending)
        selected = state.selected if state.selected in self._rows else None
        row = self._rows.get(selected) if selected is not None else None
        self._show(
            replace(
                state,
                items=shown,
                total=len(self._rows),
                selected=selected,
                row=row,
                details=items.details(row, self._zone) if row is not None else None,
            )
        )

    def _prepare(self, rows: tuple[ExhibitRow, ...]) -> None:
        """Make the table rows of a large space; runs in a worker thread."""
        for row in rows:
            self._item(row, 0)
            items.natural(words.plain(row.exhibit))

    def _item(self, row: ExhibitRow, still_for: int) -> ExhibitItem:
        known = self._items.get(row.file)
        if known is not None and known[0] == row and known[1] == still_for:
            return known[2]
        made = items.item(row, still_for=still_for)
        self._items[row.file] = (row, still_for, made)
        return made

    def _still(self, row: ExhibitRow, now: float) -> int:
        if row.state not in words.MOVING:
            return 0
        return int(now - self._moved.setdefault(row.file, now))


def _may_add(detail: SpaceDetail) -> tuple[bool, str]:
    if detail.row.state is not SpaceState.OPEN:
        return False, tr("Nothing new can enter this space.")
    me = next((one for one in detail.members if one.is_me), None)
    if me is not None and me.waits:
        return False, tr("You hand over nothing before a controller is designated for your data.")
    if me is None or not me.may_upload:
        return False, tr("Your role in this space may receive evidence, not hand it over.")
    if len(detail.members) < 2:
        return False, tr("Add a member first: evidence is sealed for named persons.")
    return True, ""
