"""Which transfers should run, in which order, and what their end means. Database thread only.

The order goes over all spaces: lower ranks first, among equals the older. It lives in the spaces'
databases with the states, so that it survives any kind of stop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from jitclient import consequences, interventions, spacewise
from jitclient.events import ExhibitsChanged
from jitclient.exhibits import exhibit_of
from jitclient.session import Session
from localstore import evidence
from localstore.connection import Connection, transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import (
    ErasedError,
    JitError,
    RefusedError,
    SourceChangedError,
    SpaceClosedError,
    StoreIdentityError,
    TryAgainError,
)
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MIB
from sync.terms import CancelledTransferError

TO_SEND = frozenset({"sealing", "uploading"})
TO_FETCH = frozenset({"available", "downloading"})
Key = tuple[SpaceId, FileId]
SMALL_BYTES: Final = MIB


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One transfer that should run: its turn, which, its bytes, whether it leaves this device."""

    turn: evidence.Turn
    key: Key
    size: int
    leaves: bool

    @property
    def small(self) -> bool:
        """Whether it is soon done: of at most SMALL_BYTES."""
        return self.size <= SMALL_BYTES


def due(session: Session, limit: int = -1, running: Collection[Key] = ()) -> list[Key]:
    """The first `limit` transfers of every space (-1: all), and those `running`, in order."""
    return [one.key for one in due_in_order(session, limit, running)]


def due_in_order(session: Session, limit: int, running: Collection[Key]) -> list[Due]:
    """As `due`, with what is known of each."""
    found: dict[Key, Due] = {}
    for space in spacewise.at_work(session):
        for one in spacewise.attempt(session, space, _due_in, limit, running) or ():
            found.setdefault(one.key, one)
    return sorted(found.values())


def _due_in(session: Session, space: SpaceId, limit: int, running: Collection[Key]) -> list[Due]:
    sp = session.stores.space(space)
    found = [
        Due(turn, (space, FileId(file)), size, leaves)
        for turn, file, size, leaves in evidence.due(sp, limit)
    ]
    for key in running:
        known = evidence.turn(sp, key[1]) if key[0] == space else None
        if known is not None:
            found.append(Due(known[0], key, known[1], leaves=False))
    return found


def is_due(record: ExhibitRecord) -> bool:
    """Whether an exhibit should travel."""
    return record.state in (TO_SEND if record.mine else TO_FETCH)


def begin(session: Session, space: SpaceId, file: FileId) -> ExhibitRecord:
    """The exhibit as it stands now: since it was found due it may have been moved or stopped.

    Raises:
        CancelledTransferError: there is nothing to move any more.
    """
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None or not is_due(record):
        raise CancelledTransferError("The transfer was ended meanwhile.")
    set_state(session, space, file, "uploading" if record.mine else "downloading")
    return record


def pause(session: Session, space: SpaceId, file: FileId) -> bool:
    """Note a pause, unless the transfer is over already."""
    record = exhibit_of(session, space, file)
    if is_due(record):
        set_state(session, space, file, "paused")
    return record.state == "paused" or is_due(record)


def pause_all(session: Session, running: Collection[Key]) -> list[Key]:
    """Pause whatever should travel, everywhere; those of `running` to which it applies."""
    stopped = [key for key in due(session, 0, running) if key in running]
    for space in spacewise.at_work(session):
        spacewise.attempt(session, space, _for_all, evidence.pause_all)
    return stopped


def resume_all(session: Session) -> None:
    """Let everything that was paused travel again."""
    for space in spacewise.at_work(session):
        spacewise.attempt(session, space, _for_all, evidence.resume_all)


def _for_all(session: Session, space: SpaceId, act: Callable[[Connection], None]) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        act(sp)
    session.tell(ExhibitsChanged(space))


def move(session: Session, space: SpaceId, file: FileId, *, first: bool) -> None:
    """Let a transfer go before, or after, all others of every space.

    Raises:
        NotFoundError: no such exhibit.
    """
    record = exhibit_of(session, space, file)
    ranks = [0, 0]
    for one in spacewise.at_work(session):
        low, high = spacewise.attempt(session, one, _ranks) or (0, 0)
        ranks = [min(ranks[0], low), max(ranks[1], high)]
    rank = ranks[0] - 1 if first else ranks[1] + 1
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, record.file, rank=rank)
    session.tell(ExhibitsChanged.of(space, file))


def put_back(session: Session, space: SpaceId, file: FileId, rank: int) -> None:
    """Give a transfer the rank that it had before it was moved.

    Raises:
        NotFoundError: no such exhibit.
    """
    record = exhibit_of(session, space, file)
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, record.file, rank=rank)
    session.tell(ExhibitsChanged(space))


def _ranks(session: Session, space: SpaceId) -> tuple[int, int]:
    return evidence.ranks(session.stores.space(space))


def set_state(
    session: Session, space: SpaceId, file: FileId, state: str, problem: str = ""
) -> None:
    """Note where an exhibit stands, and why."""
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, state=state, problem=problem)
    session.tell(ExhibitsChanged.of(space, file))


def ended(session: Session, space: SpaceId, file: FileId, error: JitError) -> None:
    """What the end of a transfer by an error means for its exhibit."""
    if isinstance(error, SpaceClosedError):
        return
    try:
        if isinstance(error, TryAgainError | StoreIdentityError):
            return  # the store went away, or shows another certificate: the next round goes on
        if isinstance(error, ErasedError):
            set_state(session, space, file, "erased", error.sentence)
        elif isinstance(error, SourceChangedError):
            set_state(session, space, file, "failed", interventions.CHANGED + error.sentence)
        elif isinstance(error, RefusedError):
            set_state(session, space, file, "corrupted", error.sentence)
            session.alarm(space, _named(session, space, file, error), key=file.hex())
        elif session.user not in session.log(space).roster.members:
            gone = f"{consequences.GONE}; this transfer has ended."
            set_state(session, space, file, "failed", gone)
        else:
            set_state(session, space, file, "failed", error.sentence)
    except SpaceClosedError:
        return  # it was wiped meanwhile


def _named(session: Session, space: SpaceId, file: FileId, error: RefusedError) -> RefusedError:
    """The same refusal, saying which exhibit and whose."""
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None:
        return error
    who = session.name_of(UserId(record.author_user))
    sentence = f"“{record.name}” of {who} was refused: {error.sentence}"
    return type(error)(sentence, code=error.reason)
