"""Lists exhibits and steers their transfers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from jitclient.events import TransferMoved
from jitclient.views import ExhibitRow, Purpose, SpaceDetail, SpaceState
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui.errors.cards import card_for
from ui.evidence import asleft, items
from ui.evidence.arranging import MANY, Arranged, Arranger, Wish, by_file
from ui.evidence.course import Course, waiting
from ui.evidence.handlist import About, HandList, hand_list, listed_of
from ui.evidence.history import History
from ui.evidence.reviewing import Reviewing
from ui.evidence.state import Column, EvidenceState, ExhibitItem
from ui.evidence.uses import PermissionPresenter
from ui.language import tr
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope


class EvidencePresenter(Presenter[EvidenceState]):
    """One for the window. `say` shows a short word of success, `left` is how spaces were left."""

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        clock: Callable[[], float],
        say: Callable[[str], None],
        zone: tzinfo | None = None,
        left: LeftOff | None = None,
    ) -> None:
        super().__init__(EvidenceState())
        self.left = left or LeftOff(desk)
        self._desk, self._tasks, self._say, self._zone = desk, tasks, say, zone
        self.rows: dict[FileId, ExhibitRow] = {}  # of the space in front, newest first
        self._moving: tuple[FileId, ...] = ()
        self._changed: set[FileId] = set()  # while the rows are arranged
        self._arranger = Arranger(clock)
        self._asked: tuple[SpaceId, FileId] | None = None
        self._facts: object = None  # of the space, as far as the rows are made of them
        self._arrange = Reload(tasks, self._arrange_all, name="arrange")
        self.refresh = Reload(tasks, self._load, name="evidence")
        self.history = History(desk, tasks, self, zone)
        self.reviewing = Reviewing(desk, tasks, self, say)
        self.reviewing.half.left = self.left

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        space = detail.row.space if detail is not None else None
        if space != self.state.space:
            self.rows, self._moving = {}, ()
            self._arranger.forget()
            self._show(self.state.turned_to(space))
        if detail is None:
            return
        can_add, why_not = items.may_add(detail)
        look = self._desk.viewing.possible
        self._show(replace(self.state, can_add=can_add, why_not=why_not, can_look=look))
        if detail.row.state in (SpaceState.CLOSING, SpaceState.WIPED):
            self.rows = {}
            self._paint(replace(self.state, loading=False))
            return
        facts = (space, detail.row.state, detail.members)
        if facts != self._facts or self.state.loading:
            self._facts = facts
            self.refresh()  # changes of exhibits are told by themselves

    def row(self, file: FileId) -> ExhibitRow | None:
        """The exhibit behind a table row."""
        return self.rows.get(file)

    @property
    def here(self) -> tuple[SpaceId, ExhibitRow] | None:
        """The selected exhibit, and of which space."""
        space, file = self.state.space, self.state.selected
        row = self.rows.get(file) if file is not None else None
        return (space, row) if space is not None and row is not None else None

    def shown(self) -> Course:
        """What can be looked at of the list, in its order, as it stands now."""
        return Course(tuple(one.file for one in self.state.items if one.can_export))

    def to_review(self) -> Course:
        """What can be looked at and is new or in review, in the order in which it came."""
        return waiting(self.rows.values())

    def listed(self) -> int:
        """How many exhibits would stand on a hand-over list."""
        return len(listed_of(self._filtered()))

    def hand_list(self, about: About) -> HandList:
        """The hand-over list of what the filter shows."""
        return hand_list(self._filtered(), about, self._zone)

    def _filtered(self) -> list[ExhibitRow]:
        return [self.rows[one.file] for one in self.state.items if one.file in self.rows]

    def select(self, file: FileId | None) -> None:
        """Show an exhibit in the inspector."""
        row = self.rows.get(file) if file is not None else None
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
        row = self.rows.get(event.file)
        if row is None or event.space != self.state.space:
            return
        if event.done > row.done:
            self._arranger.came(event.file)
        self.rows[event.file] = replace(row, done=event.done, total=event.total, rate=event.rate)
        self._turn((event.file,))

    def tick(self) -> None:
        """Time went by: a transfer that stands still says so."""
        self._turn(self._moving)

    def pause(self) -> None:
        """Pause the selected transfer."""
        self._act(tr("Pausing…"), self._desk.pause, tr("Paused"))

    def resume(self) -> None:
        """Resume, or start, the selected transfer."""
        self._act(tr("Resuming…"), self._desk.resume, tr("Resumed"))

    def cancel(self, reason: str = "") -> None:
        """Cancel the selected upload; once on the server, withdraw it for a reason."""
        self._act(tr("Cancelling…"), self._desk.cancel, tr("Cancelled"), reason)

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
        return PermissionPresenter(self._desk, row, self.left)

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

    def _act(self, busy: str, act: Callable[..., Awaitable[None]], done: str, *also: str) -> None:
        space, file = self.state.space, self.state.selected
        if space is not None and file is not None:

            async def steer() -> str:
                await act(space, file, *also)
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
        if (space := self.state.space) is None:
            return
        await self.left.load(space)
        try:
            rows = await self._desk.exhibits(space)
            views = await self._desk.reviewing.views(space)
            tags = tuple(name for name, _ in await self._desk.reviewing.tags(space))
        except JitError as failure:
            self._facts = None
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        many = len(rows) > MANY
        known = await asyncio.to_thread(by_file, rows) if many else by_file(rows)
        if self.state.space != space:
            return
        self.rows = known
        self._show(replace(asleft.again(self.state, self.left), views=views, tags=tags))
        if many:
            await self._arrange_all()
        else:
            self._paint(replace(self.state, loading=False))
        self._go_on(space)

    def _go_on(self, space: SpaceId) -> None:
        """To the exhibit that was asked for, as soon as its space is here."""
        if self._asked is not None and self._asked[0] == space:
            file, self._asked = self._asked[1], None
            if file in self.rows and file not in self.state.places:
                self.filter("")
            self.select(file)

    def _paint(self, state: EvidenceState) -> None:
        """Show the state, and its rows: at once, or, where they are many, when they are made."""
        self._show(self._about(state))
        if len(self.rows) > MANY:
            self._arrange()
            return
        made = self._arranger.arrange(tuple(self.rows.values()), self._wish())
        if made is not None:
            self._take(made)

    def _about(self, state: EvidenceState) -> EvidenceState:
        row = self.rows.get(state.selected) if state.selected is not None else None
        selected = row.file if row is not None else None
        details = items.details(row, self._zone) if row is not None else None
        state = replace(state, total=len(self.rows), selected=selected)
        return replace(state, row=row, details=details)

    async def _arrange_all(self) -> None:
        """In a worker thread, and anew when something else was asked for meanwhile."""
        space, made = self.state.space, None
        while made is None and self.state.space == space:
            wish, rows = self._wish(), self.rows
            self._changed = set()

            def stop(wish: Wish = wish, rows: object = rows) -> bool:
                return self.rows is not rows or self._wish() != wish

            every = tuple(rows.values())
            made = await asyncio.to_thread(self._arranger.arrange, every, wish, stop)
            made = None if stop() else made
        if made is not None and self.state.space == space:
            self._take(made)
            self._turn(tuple(self._changed))

    def _take(self, made: Arranged) -> None:
        self._moving = made.moving
        self._show(self._about(made.into(self.state)))

    def _turn(self, files: Iterable[FileId]) -> None:
        """Make the rows of some exhibits anew, where they stand."""
        shown = list[ExhibitItem]()
        for file in files:
            self._changed.add(file)
            at, row = self.state.places.get(file), self.rows.get(file)
            if at is not None and row is not None:
                shown = shown or list(self.state.items)
                shown[at] = self._arranger.item(row)
        if shown:
            self._show(replace(self.state, items=tuple(shown)))

    def _wish(self) -> Wish:
        return Wish(self.state.query, self.state.sort, self.state.descending)
