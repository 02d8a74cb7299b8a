"""Lists exhibits and steers their transfers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from jitclient.reviewviews import turned
from jitclient.views import ExhibitRow, ExhibitState, Purpose, SpaceDetail, SpaceState
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui.errors.cards import card_for
from ui.evidence import items
from ui.evidence.arranging import Arranged
from ui.evidence.course import Course, waiting
from ui.evidence.due import Due
from ui.evidence.handlist import About, HandList, hand_list, listed_of
from ui.evidence.history import History
from ui.evidence.listing import Listing
from ui.evidence.reviewing import Reviewing
from ui.evidence.several import Several
from ui.evidence.state import Column
from ui.evidence.uses import PermissionPresenter
from ui.language import tr, trn
from ui.leftoff import LeftOff
from ui.ports import DeskPort
from ui.tasks import TaskScope

_Act = Callable[[SpaceId, FileId], Awaitable[None]]


class EvidencePresenter(Listing):
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
        super().__init__(desk, tasks, clock, zone, left)
        self._say = say
        self._asked: tuple[SpaceId, FileId] | None = None
        self.several = Several(desk, tasks, self, say)
        self.history = History(desk, tasks, self, zone)
        self.reviewing = Reviewing(desk, tasks, self, say)
        self.reviewing.half.left = self.left

    def open(self, detail: SpaceDetail | None) -> None:
        """Turn to a space, or take note that its facts changed."""
        space = detail.row.space if detail is not None else None
        if space != self.state.space:
            self.rows, self._moving, self._due = {}, (), Due()
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
        shown = items.details(row, self._zone, int(self._clock())) if row is not None else None
        one = replace(self.state, selected=file, several=frozenset(), details=shown, row=row)
        self._show(one)
        self.several.look()

    def choose(self, files: frozenset[FileId], front: FileId | None) -> None:
        """Several exhibits are selected, one of them in front; or one, or none."""
        if len(files) < 2:
            self.select(next(iter(files), None))
            return
        self._show(self._about(replace(self.state, several=files, selected=front)))
        self.several.look()

    def go_to(self, space: SpaceId, file: FileId) -> None:
        """Select an exhibit, filtered out or not, as soon as its space is in front."""
        self._asked = (space, file)
        if self.state.space == space:
            self.renew()

    def filter(self, query: str) -> None:
        """Keep the rows with all these words."""
        self._paint(replace(self.state, query=query))

    def narrow(self, *, shown: bool) -> None:
        """Show what there is to narrow the list by, or put it away."""
        if shown != self.state.narrowing:
            self._paint(replace(self.state, narrowing=shown, facets=()))

    def turn_facet(self, group: str, value: str) -> None:
        """Narrow the list to exhibits with a value, or do so no more."""
        self.filter(turned(self.state.query, group, value))

    def sort_by(self, column: Column, *, descending: bool) -> None:
        """Order by a column."""
        self._paint(replace(self.state, sort=column, descending=descending))

    def pause(self) -> None:
        """Pause the selected transfer."""
        self._act(tr("Pausing…"), self._desk.pause, tr("Paused"), back=self._desk.resume)

    def resume(self) -> None:
        """Resume, or start, the selected transfer."""
        row = self.state.row
        paused = row is not None and row.state is ExhibitState.PAUSED
        back = self._desk.pause if paused else None
        self._act(tr("Resuming…"), self._desk.resume, tr("Resumed"), back=back)

    def cancel(self, reason: str = "") -> None:
        """Cancel the selected upload; once on the server, withdraw it for a reason."""
        self._act(tr("Cancelling…"), self._desk.cancel, tr("Cancelled"), reason)

    def copied(self) -> None:
        """The view put a hash on the clipboard."""
        self._say(tr("SHA-256 copied"))

    def rows_copied(self, count: int) -> None:
        """The view put rows on the clipboard."""
        self._say(trn("{count} row copied", "{count} rows copied", count))

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

    def _act(
        self,
        busy: str,
        act: Callable[..., Awaitable[None]],
        done: str,
        *also: str,
        back: _Act | None = None,
    ) -> None:
        space, file = self.state.space, self.state.selected
        if space is not None and file is not None:

            async def steer() -> str:
                await act(space, file, *also)
                if back is None:
                    return done
                self.reviewing.offer(done, lambda: self._take_back(back, space, file))
                return ""

            self._run(busy, steer)

    def _take_back(self, back: _Act, space: SpaceId, file: FileId) -> None:
        async def act() -> str:
            await back(space, file)
            return ""

        self._run(tr("Taking back…"), act)

    def _run(self, busy: str, work: Callable[[], Awaitable[str]]) -> None:
        if not self.state.busy:
            self._show(replace(self.state, busy=busy, problem=None))
            self._tasks.start(self._finish(work), name="exhibit")

    async def _finish(self, work: Callable[[], Awaitable[str]]) -> None:
        try:
            if said := await work():
                self._say(said)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, problem=card_for(failure)))
        finally:
            self._show(replace(self.state, busy=""))
        self.renew()  # what the act changed has been told

    def _take(self, made: Arranged) -> None:
        super()._take(made)
        self.several.look()

    def _turn(self, files: Iterable[FileId]) -> None:
        among = self.state.several
        again = tuple(files)
        super()._turn(again)
        if among and any(one in among for one in again):
            self.several.look()

    def _go_on(self, space: SpaceId) -> None:
        """To the exhibit that was asked for, as soon as its space is here."""
        if self._asked is not None and self._asked[0] == space:
            file, self._asked = self._asked[1], None
            if file in self.rows and file not in self.state.places:
                self.filter("")
            self.select(file)
