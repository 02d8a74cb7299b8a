"""Several small exhibits in one request: what sending and fetching them have in common.

Every exhibit keeps its own key, manifest, message, custody events and proof, and every answer is
checked file by file, exactly as alone. Only what goes well is done together: an exhibit that meets
anything else than a check that failed goes alone afterwards.
Spec: docs/protocol/50-files.md §50.11.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from jitclient import queueing
from jitclient.events import ExhibitsChanged
from jitclient.place import Place, place
from jitclient.session import Session
from localstore import evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import JitError, RefusedError, StoreIdentityError
from protocol.ids import FileId, SpaceId

IN_ONE_ACT: Final = 16
"""So many are handed or taken over in one transaction: others wait for the database thread."""
ONLY: Final = 0
"""The number of the only part."""


@dataclass(slots=True)
class Ended:
    """How a group ended: `alone` goes on its own, `failed` failed a check; the others are done.

    `stopped` tells which a person wants no more: they are left where they are.
    """

    stopped: Callable[[FileId], bool]
    alone: set[FileId] = field(default_factory=set)
    failed: dict[FileId, JitError] = field(default_factory=dict)

    def left(self, files: Iterable[FileId]) -> list[FileId]:
        """Those that go on."""
        over = self.alone | self.failed.keys()
        return [file for file in files if file not in over and not self.stopped(file)]

    def by(self, error: JitError, files: Sequence[FileId]) -> None:
        """The request failed. An answer that is no answer counts once, not for every file of it."""
        left = [file for file in files if file not in self.failed]
        counts = len(left) if isinstance(error, StoreIdentityError) else 1
        refused = left[:counts] if isinstance(error, RefusedError) else []
        self.failed |= dict.fromkeys(refused, error)
        self.alone |= set(left[len(refused) :])


@dataclass(slots=True)
class Leaf:
    """The journal of one part, kept in memory until the group's goes into the database."""

    known: bytes | None = None

    def leaf_of(self, index: int) -> bytes | None:
        """What was recorded before, or now."""
        return self.known if index == ONLY else None

    def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int] = ()) -> None:
        """Remember it: it is on record before the group's bytes leave."""
        del confirmed  # a file of one part has none before it
        self.known = leaf if index == ONLY else self.known

    def have(self, index: int, leaf: bytes) -> None:
        """Remember it: the part is on disk."""
        self.record_leaf(index, leaf)

    def kept(self) -> Collection[int]:
        """None: what is here already goes alone."""
        return ()

    def begin(self, stored: Collection[int]) -> None:
        """Nothing: the store has none of it yet, or takes it again."""

    def lost(self, index: int) -> None:
        """Nothing: it was never on record."""


def begun(
    session: Session, space: SpaceId, files: Sequence[FileId], state: str
) -> list[ExhibitRecord]:
    """The exhibits as they stand now, begun; those that were ended or stopped meanwhile are not."""
    sp = session.stores.space(space)
    with transaction(sp):
        records = [evidence.exhibit(sp, file) for file in files]
        found = [record for record in records if record and queueing.is_due(record)]
        for record in found:
            evidence.update_exhibit(sp, record.file, state=state, problem="")
    session.tell(ExhibitsChanged.of(space, *files))
    return found


def in_one_act(
    session: Session,
    space: SpaceId,
    files: Sequence[FileId],
    act: Callable[[Place, FileId], bool],
    end: Ended,
) -> int:
    """All in one transaction, and when one of them cannot, each in its own; for how many it was."""
    at = place(session, space)
    with suppress(JitError), transaction(at.sp):
        return sum([act(at, file) for file in files])
    done = 0
    for file in files:
        try:
            with transaction(at.sp):
                done += act(at, file)
        except JitError as error:
            end.failed[file] = error
    return done


def attempt(file: FileId, act: Callable[[], None], end: Ended) -> None:
    """A check that failed is final; whatever else went wrong is met again alone."""
    try:
        act()
    except RefusedError as error:
        end.failed[file] = error
    except (JitError, OSError):
        end.alone.add(file)


def slices(files: Sequence[FileId]) -> Iterator[Sequence[FileId]]:
    """So many at a time as go in one transaction."""
    for start in range(0, len(files), IN_ONE_ACT):
        yield files[start : start + IN_ONE_ACT]


async def to_its_end(work: Callable[[], None]) -> None:
    """Run it in a thread; whoever is cancelled waits until it writes no more."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise
