"""Several selected exhibits: what is done with all of them. No Qt.

A review, a tag: written in steps, taken back as a whole. Copies and readings: one after the other,
each with its own failure; Stop ends them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar

from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow, Purpose
from protocol.ids import FileId, SpaceId
from ui import words
from ui.evidence import items
from ui.evidence.arranging import MANY
from ui.evidence.batch import Batch, Step, Told
from ui.evidence.state import EvidenceState
from ui.language import tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

STEP: Final = 1_000
"""So many exhibits are noted in one transaction."""
_Turn = tuple[tuple[str, ...], tuple[str, ...]]
"""Which tags are given, and which taken away."""
_Did = tuple[int, Sequence[str]]
_K = TypeVar("_K")


@dataclass(frozen=True, slots=True)
class SeveralState:
    """What is selected, while that is several exhibits. `tags`: how many of them have each."""

    count: int = 0
    size: int = 0
    can_save: int = 0
    can_verify: int = 0
    tags: Mapping[str, int] = field(default_factory=dict)


class List(Protocol):
    """The list of exhibits beside which it stands."""

    rows: dict[FileId, ExhibitRow]

    @property
    def state(self) -> EvidenceState: ...


class Several(Presenter[SeveralState]):
    """One for the list."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, exhibits: List, say: Callable[[str], None]
    ) -> None:
        super().__init__(SeveralState())
        self._desk, self._list, self._say = desk, exhibits, say
        self.batch = Batch(tasks)
        self.offer: Callable[[str, Callable[[], None]], None] = lambda said, _back: say(said)
        self._look = Reload(tasks, self._look_again, name="several")

    def look(self) -> None:
        """Other exhibits are selected, or they changed: count anew."""
        many = len(self._list.state.several)
        if many > MANY:
            self._look()
        elif many or self.state.count:
            self._show(_counted(self.selected()))

    def selected(self) -> list[ExhibitRow]:
        """The selected exhibits, in the order of the list."""
        places, rows = self._list.state.places, self._list.rows
        files = sorted(
            (one for one in self._list.state.several if one in places), key=places.__getitem__
        )
        return [rows[one] for one in files if one in rows]

    def mark(self, wanted: ReviewState) -> None:
        """Note how far the review of all of them is."""
        before: dict[ReviewState, list[FileId]] = {}
        for row in self.selected():
            if row.review != wanted.value:
                before.setdefault(ReviewState(row.review), []).append(row.file)
        every = [file for some in before.values() for file in some]
        forth: dict[ReviewState, list[FileId]] = {wanted: every}
        self._note(tr("Review noted"), self._marking, forth, before)

    def turn_tag(self, tag: str) -> None:
        """Give it to all of them; where all have it, take it away."""
        rows = self.selected()
        lacking = [row.file for row in rows if tag not in row.tags]
        if lacking:
            self.add_tags((tag,))
            return
        every = [row.file for row in rows]
        forth: dict[_Turn, list[FileId]] = {((), (tag,)): every}
        back: dict[_Turn, list[FileId]] = {((tag,), ()): every}
        said = tr("Tag taken away: {tag}", tag=words.plain(tag))
        self._note(said, self._tagging, forth, back)

    def add_tags(self, tags: Sequence[str]) -> bool:
        """Give them these tags, beside those they have; False: not now."""
        forth: dict[_Turn, list[FileId]] = {}
        for row in self.selected():
            lacks = tuple(one for one in tags if one not in row.tags)
            if lacks:
                forth.setdefault((lacks, ()), []).append(row.file)
        back: dict[_Turn, list[FileId]] = {
            ((), lacks): files for (lacks, _), files in forth.items()
        }
        said = tr("Tagged: {tag}", tag=words.plain(", ".join(tags)))
        return not forth or self._note(said, self._tagging, forth, back)

    def verify(self) -> None:
        """Read all of them again and compare each with its manifest."""
        rows = [row for row in self.selected() if items.can_verify(row)]
        steps = [
            Step(
                tr("Verifying {name}", name=words.plain(row.name)),
                row.size,
                partial(self._verify, row),
                words.plain(row.name),
            )
            for row in rows
        ]
        self._begin(steps, partial(_verified, len(rows)))

    def export(self, rows: Sequence[ExhibitRow], folder: Path, purpose: Purpose) -> None:
        """Write a verified copy of each into a folder; no existing file is overwritten."""
        steps = [
            Step(
                tr("Saving {name}", name=words.plain(row.name)),
                row.size,
                partial(self._export, row, folder / name, purpose),
                words.plain(row.name),
            )
            for row, name in zip(rows, names(rows), strict=True)
        ]
        self._begin(steps, partial(_saved, len(rows)))

    async def _verify(self, row: ExhibitRow, tell: Told) -> _Did:
        await self._desk.verify_exhibit(row.space, row.file, tell)
        return 1, ()

    async def _export(self, row: ExhibitRow, out: Path, purpose: Purpose, _tell: Told) -> _Did:
        await self._desk.export(row.space, row.file, out, purpose)
        return 1, ()

    def _note(
        self,
        said: str,
        steps: Callable[[SpaceId, Mapping[_K, Sequence[FileId]]], Sequence[Step]],
        forth: Mapping[_K, Sequence[FileId]],
        back: Mapping[_K, Sequence[FileId]],
    ) -> bool:
        """Write something of several exhibits, and offer to take it back."""
        space = self._list.state.space
        if space is None or not self._begin(steps(space, forth), _nothing):
            return False
        self.offer(said, lambda: self._take_back(space, steps(space, back)))
        return True

    def _take_back(self, space: SpaceId, steps: Sequence[Step]) -> None:
        if not self.batch.begin(space, steps, _nothing):
            self._say(tr("Wait until this is done, or stop it."))

    def _begin(self, steps: Sequence[Step], ended: Callable[[int, bool], str]) -> bool:
        space = self._list.state.space
        if self.batch.state.running:
            self._say(tr("Wait until this is done, or stop it."))
            return False
        return space is not None and self.batch.begin(space, steps, ended)

    def _marking(
        self, space: SpaceId, changes: Mapping[ReviewState, Sequence[FileId]]
    ) -> list[Step]:
        async def mark(state: ReviewState, some: Sequence[FileId], _: Told) -> _Did:
            await self._desk.reviewing.mark_all(space, some, state)
            return len(some), ()

        return [
            Step(tr("Noting the review"), len(some), partial(mark, state, some))
            for state, files in changes.items()
            for some in _sliced(files)
        ]

    def _tagging(self, space: SpaceId, changes: Mapping[_Turn, Sequence[FileId]]) -> list[Step]:
        async def tag(turn: _Turn, some: Sequence[FileId], _: Told) -> _Did:
            add, remove = turn
            full = await self._desk.reviewing.tag_all(space, some, add=add, remove=remove)
            return len(some) - len(full), [self._full(one) for one in full]

        return [
            Step(tr("Noting the review"), len(some), partial(tag, turn, some))
            for turn, files in changes.items()
            for some in _sliced(files)
        ]

    def _full(self, file: FileId) -> str:
        row = self._list.rows.get(file)
        name = words.plain(row.name) if row is not None else ""
        return tr("{name}: an exhibit has at most 20 tags.", name=name)

    async def _look_again(self) -> None:
        self._show(await asyncio.to_thread(lambda: _counted(self.selected())))


def names(rows: Sequence[ExhibitRow]) -> list[str]:
    """Under which name each goes into one folder: no two the same, whatever a disk folds."""
    taken: set[str] = set()
    found = list[str]()
    for row in rows:
        plain = Path(Path(row.name).name or "exhibit")
        name, count = plain.name, 1
        while name.casefold() in taken:
            count += 1
            name = f"{plain.stem} ({count}){plain.suffix}"
        taken.add(name.casefold())
        found.append(name)
    return found


def _counted(rows: Sequence[ExhibitRow]) -> SeveralState:
    tags: Counter[str] = Counter()
    for row in rows:
        tags.update(row.tags)
    return SeveralState(
        len(rows),
        sum(row.size for row in rows),
        sum(map(items.can_export, rows)),
        sum(map(items.can_verify, rows)),
        dict(tags),
    )


def _sliced(files: Sequence[FileId]) -> list[Sequence[FileId]]:
    return [files[at : at + STEP] for at in range(0, len(files), STEP)]


def _nothing(_done: int, _stopped: bool) -> str:
    return ""


def _verified(total: int, done: int, _stopped: bool) -> str:
    return trn("{done} of {count} exhibit verified", "{done} of {count} exhibits verified", total,
               done=done)  # fmt: skip


def _saved(total: int, done: int, _stopped: bool) -> str:
    return trn("{done} of {count} copy saved", "{done} of {count} copies saved", total,
               done=done)  # fmt: skip
