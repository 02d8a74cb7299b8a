"""The disk of the profile refuses: nothing more is written until it takes writing again.

A failed write or `fsync` says nothing about the next one: what a database believes to be on the
disk may not be. So a failure is looked into with a file of our own; if that fails as well, SQLite
itself refuses every further change (`Stores.hold`), rounds and transfers end, and what is here can
be read. Each failure, each round and a person's word looks again. Spec: docs/protocol/81-local-
store.md.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from jitclient.events import DiskChanged
from jitclient.queueing import ended
from jitclient.session import WIPED_STATES, Session
from localstore import refusing, spaces, unreached
from localstore.connection import transaction
from localstore.unreached import Unreached
from protocol.errors import DiskError, JitError
from protocol.ids import FileId, SpaceId
from sync.errors import DiskRefusesError

Key = tuple[SpaceId, FileId]


def look(session: Session) -> str:
    """Whether the disk takes writing now: the sentence that says why not, or nothing.

    Database thread, outside of a transaction.
    """
    found = refusing.refusal(session.profile.directory)
    problem = found.sentence if found is not None else ""
    if bool(problem) != bool(session.disk):
        session.stores.hold(yes=bool(problem))
    if problem != session.disk:
        session.disk = problem
        session.tell(DiskChanged(problem))
    if session.copied and not problem:
        copied(session)
    return problem


def copied(session: Session, *places: Path) -> None:
    """Copies of the profile stand there: on record in every space, as soon as the disk takes it."""
    session.copied += places
    if session.disk:
        return
    db, now = session.stores.device, session.clock.now()
    rows = [
        Unreached(space=one.space, what="profile", name=os.fsencode(place), at=now)
        for one in spaces.spaces(db)
        if one.state not in WIPED_STATES
        for place in session.copied
    ]
    with transaction(db):
        unreached.note(db, rows)
    session.copied.clear()


def watch(session: Session) -> None:
    """Look into every failure of the disk that the database thread meets."""

    def refused(error: DiskError) -> DiskError:
        problem = look(session)
        return DiskRefusesError(problem) if problem else error

    session.database.refused = refused


def require(session: Session) -> None:
    """Before a round: what it brings must be kept.

    Raises:
        DiskRefusesError: the disk still refuses.
    """
    if session.disk and look(session):
        raise DiskRefusesError(session.disk)


async def note(session: Session, key: Key, error: JitError) -> None:
    """Note how a transfer ended; a disk that takes no note is no end, and it goes on with it."""
    problem = await session.run(look, session) if isinstance(error, DiskError) else ""
    if problem:
        return
    with contextlib.suppress(DiskRefusesError):
        await session.run(ended, session, *key, error)
