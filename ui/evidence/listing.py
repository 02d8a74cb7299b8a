"""The rows of the list: read, read again where they changed, filtered, ordered. No Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from jitclient.events import TransferMoved
from jitclient.reviewviews import keeps
from jitclient.views import ExhibitRow
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.evidence import asleft, items
from ui.evidence.arranging import MANY, Arranged, Arranger, Wish, by_file
from ui.evidence.due import Due, among
from ui.evidence.state import EvidenceState, ExhibitItem
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope


class Listing(Presenter[EvidenceState]):
    """What the presenter of the screen shows of its space, without what a person does to it.

    Of 100,000 exhibits, those that changed are read again, and nothing is made or ordered on the
    window's thread but their rows.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        clock: Callable[[], float],
        zone: tzinfo | None,
        left: LeftOff | None,
    ) -> None:
        super().__init__(EvidenceState())
        self.left = left or LeftOff(desk)
        self._desk, self._tasks, self._zone, self._clock = desk, tasks, zone, clock
        self.rows: dict[FileId, ExhibitRow] = {}  # of the space in front, newest first
        self._moving: tuple[FileId, ...] = ()
        self._changed: set[FileId] = set()  # while the rows are arranged
        self._due, self._reading = Due(), 0  # how often everything was read
        self._arranger = Arranger(clock)
        self._facts: object = None  # of the space, as far as the rows are made of them
        self._arrange = Reload(tasks, self._arrange_all, name="arrange")
        self.renew = Reload(tasks, self._load, name="evidence")  # what was told since

    def changed(self, files: Collection[FileId] | None) -> None:
        """Read these exhibits again; None: all of them."""
        self._due.note(files)
        self.renew()

    def refresh(self) -> None:
        """Read everything again."""
        self.changed(None)

    @property
    def moving(self) -> tuple[FileId, ...]:
        """Those that travel, whatever the filter shows."""
        return self._moving

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

    async def _load(self) -> None:
        if (space := self.state.space) is None:
            return
        await self.left.load(space)
        files = self._due.take()
        try:
            if files is None:
                rows = await self._desk.exhibits(space)
            else:
                rows = await self._desk.talking.exhibits(space, files) if files else ()
            views = await self._desk.reviewing.views(space)
            tags = tuple(name for name, _ in await self._desk.reviewing.tags(space))
        except JitError as failure:
            if self.state.space != space:
                return
            self._facts = None
            self._due.note(files)
            self._show(replace(self.state, loading=False, problem=card_for(failure)))
            return
        if self.state.space != space:
            return
        if files is not None:
            self._renew(rows, views, tags)
            self._go_on(space)
            return
        many = len(rows) > MANY
        known = await asyncio.to_thread(by_file, rows) if many else by_file(rows)
        if self.state.space != space:
            return
        self.rows, self._reading = known, self._reading + 1
        self._show(replace(asleft.again(self.state, self.left), views=views, tags=tags))
        if many:
            await self._arrange_all()
        else:
            self._paint(replace(self.state, loading=False))
        self._go_on(space)

    def _renew(
        self, read: Sequence[ExhibitRow], views: Mapping[str, str], tags: tuple[str, ...]
    ) -> None:
        """Some were read again: at once where they stand, and in another order if they go there."""
        self._show(replace(self.state, views=views, tags=tags))
        stay = not self.state.narrowing and all(self._stays(one) for one in read)
        if (rows := among(self.rows, read)) is None:
            self.changed(None)
            return
        self.rows = rows
        read_again = {one.file for one in read}
        self._moving = tuple(file for file in self._moving if file not in read_again)
        self._moving += tuple(one.file for one in read if one.state in words.MOVING)
        self._turn(read_again)
        if not stay:
            self._paint(self.state)
        elif read:
            self._show(self._about(self.state))

    def _stays(self, row: ExhibitRow) -> bool:
        """Whether an exhibit keeps its place in the list, shown or not, as it is now."""
        before, wish = self.rows.get(row.file), self._wish()
        shown = not wish.query or keeps(row, wish.query)
        if before is None or shown != (row.file in self.state.places):
            return False
        old, new = self._arranger.item(before), self._arranger.item(row)
        key = items.order(wish.sort)
        return not shown or (key(old), bool(old.number), old.marks) == (
            key(new),
            bool(new.number),
            new.marks,
        )

    def _go_on(self, space: SpaceId) -> None:
        """The rows of a space are here."""

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
        details = items.details(row, self._zone, int(self._clock())) if row is not None else None
        state = replace(state, total=len(self.rows), selected=selected)
        return replace(state, row=row, details=details)

    async def _arrange_all(self) -> None:
        """In a worker thread, and anew when something else was asked for meanwhile."""
        space, made = self.state.space, None
        while made is None and self.state.space == space:
            wish, reading = self._wish(), self._reading
            self._changed = set()

            def stop(wish: Wish = wish, reading: int = reading) -> bool:
                return self._reading != reading or self._wish() != wish

            every = tuple(self.rows.values())
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
        state = self.state
        return Wish(state.query, state.sort, state.descending, state.narrowing)
