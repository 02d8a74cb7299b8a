"""Makes the rows of the table out of exhibits: filtered, ordered, as many as there are. No Qt.

Beyond `MANY` it runs in a worker thread and gives way there: no single call holds the interpreter
for as long as a person notices, and it stops as soon as something else is asked for.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jitclient.reviewviews import keeps
from jitclient.views import ExhibitRow
from protocol.ids import FileId
from ui import words
from ui.evidence import items
from ui.evidence.facets import Group, counted
from ui.evidence.state import Column, EvidenceState, ExhibitItem

MANY: Final = 500
"""More rows than this are arranged off the window's thread."""
_SLICE: Final = 1_000
"""So many are sorted at once: sorting gives nothing else a turn before it is done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the list is to show."""

    query: str = ""
    sort: Column = Column.NUMBER
    descending: bool = False
    facets: bool = False  # what there is to narrow it by is shown


@dataclass(frozen=True, slots=True)
class Arranged:
    """The rows in order, where each stands, and which of them travel."""

    items: tuple[ExhibitItem, ...] = ()
    places: Mapping[FileId, int] = field(default_factory=dict)
    moving: tuple[FileId, ...] = ()
    marks: frozenset[tuple[str, ...]] = frozenset()
    facets: tuple[Group, ...] = ()

    def into(self, state: EvidenceState) -> EvidenceState:
        """A state with these rows; what is not among them is not selected with others any more."""
        still = frozenset(state.several & self.places.keys())
        several = still if len(still) > 1 else frozenset[FileId]()
        made = replace(state, items=self.items, places=self.places, marks=self.marks)
        return replace(made, several=several, facets=self.facets, loading=False)


class Arranger:
    """Remembers the rows it made. `arrange` may run in a worker thread, one at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._made: dict[FileId, tuple[ExhibitRow, int, ExhibitItem]] = {}
        self._moved: dict[FileId, float] = {}

    def forget(self) -> None:
        """Another space is in front."""
        self._made, self._moved = {}, {}

    def came(self, file: FileId) -> None:
        """Bytes of it moved just now."""
        self._moved[file] = self._clock()

    def item(self, row: ExhibitRow) -> ExhibitItem:
        """The table row of an exhibit."""
        still = self._still(row)
        known = self._made.get(row.file)
        if known is not None and known[0] == row and known[1] == still:
            return known[2]
        made = items.item(row, still_for=still)
        self._made[row.file] = (row, still, made)
        return made

    def arrange(
        self, rows: Sequence[ExhibitRow], wish: Wish, stop: Callable[[], bool] = lambda: False
    ) -> Arranged | None:
        """The rows a filter keeps, in order; None: `stop` said that nobody waits for them."""
        kept: list[ExhibitItem] = []
        marks: set[tuple[str, ...]] = set()
        for some in _sliced(rows):
            if stop():
                return None
            found = [self.item(row) for row in some if not wish.query or keeps(row, wish.query)]
            marks.update(one.marks for one in found)
            kept += found
        ordered = _ordered(kept, wish, stop)
        if ordered is None:
            return None
        return Arranged(
            items=ordered,
            places={one.file: at for at, one in enumerate(ordered)},
            moving=tuple(one.file for one in rows if one.state in words.MOVING),
            marks=frozenset(marks),
            facets=counted(rows, wish.query, stop) if wish.facets else (),
        )

    def _still(self, row: ExhibitRow) -> int:
        if row.state not in words.MOVING:
            return 0
        now = self._clock()
        return int(now - self._moved.setdefault(row.file, now))


def by_file(rows: Iterable[ExhibitRow]) -> dict[FileId, ExhibitRow]:
    """The exhibits by what names them."""
    return {one.file: one for one in rows}


def _sliced(every: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (every[at : at + _SLICE] for at in range(0, len(every), _SLICE))


def _ordered(
    kept: list[ExhibitItem], wish: Wish, stop: Callable[[], bool]
) -> tuple[ExhibitItem, ...] | None:
    """Rows without what they are ordered by (a number, a stated fact) come last."""
    last = [one for one in kept if items.lacks(wish.sort, one)]
    away = {one.file for one in last}
    first = [one for one in kept if one.file not in away] if last else kept
    found: list[ExhibitItem] = []
    for part in (first, last):
        for at, one in enumerate(_sorted(part, wish)):
            if at % _SLICE == 0 and stop():
                return None
            found.append(one)
    return tuple(found)


def _sorted(part: list[ExhibitItem], wish: Wish) -> Iterable[ExhibitItem]:
    key = items.order(wish.sort)
    slices = [sorted(some, key=key, reverse=wish.descending) for some in _sliced(part)]
    return heapq.merge(*slices, key=key, reverse=wish.descending)
