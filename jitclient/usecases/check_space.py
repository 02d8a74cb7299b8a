"""Check a whole space: what is kept of it on this device is what it was when it came.

Every exhibit is read again and compared with its signed manifest, own ones with their source where
that still stands; every page of the database is read; the local log and the list of members are
followed from their first entry. Nothing is changed but the state of an exhibit that is damaged, and
the log, which says that it was checked and with what result.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from jitclient import spacelog
from jitclient.checkviews import Finding, SpaceCheck
from jitclient.session import Session
from jitclient.usecases import read_evidence
from localstore import custody, evidence, spaces
from localstore.connection import check, open_database, transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import ActionNeededError, JitError, NoInputError
from protocol.ids import FileId, SpaceId

Tell = Callable[[int, int], None]
DATABASE, LOG, MEMBERS = "The database of this space", "The log", "The list of members"


async def check_space(session: Session, space: SpaceId, tell: Tell) -> SpaceCheck:
    """Read everything again. `tell` hears bytes read and bytes in all.

    A cancelled check leaves nothing but what it found so far of single exhibits.

    Raises:
        NotFoundError: no such space; SpaceClosedError: it was wiped.
    """
    records = await session.run(_standing, session, space)
    total, done, sound = sum(one.size for one in records), 0, 0
    elsewhere: list[str] = []
    findings = await _frame(session, space)
    tell(0, total)
    for record in records:
        label = " ".join(filter(None, (record.exhibit, record.name)))
        try:
            await _one(session, space, record, partial(_tell_from, tell, done, total))
            sound += 1
        except (ActionNeededError, NoInputError):
            elsewhere.append(label)
        except JitError as error:
            findings.append(Finding(label, error.reason, error.sentence))
        done += record.size
        tell(done, total)
    await session.run(_noted, session, space, sound, len(findings))
    return SpaceCheck(sound, total, tuple(elsewhere), tuple(findings))


def _tell_from(tell: Tell, begun: int, total: int, read: int) -> None:
    tell(begun + read, total)


async def _one(
    session: Session, space: SpaceId, record: ExhibitRecord, tell: Callable[[int], None]
) -> None:
    """One exhibit; a cancelled task waits for the part that is being read, and no longer."""
    stopped, read = threading.Event(), 0
    loop = asyncio.get_running_loop()

    def moved(count: int) -> None:
        nonlocal read
        if stopped.is_set():
            raise ActionNeededError("The check was stopped.")
        read += count
        loop.call_soon_threadsafe(tell, read)

    try:
        await read_evidence.verify(session, space, FileId(record.file), moved)
    except asyncio.CancelledError:
        stopped.set()
        raise


def _standing(session: Session, space: SpaceId) -> list[ExhibitRecord]:
    return evidence.exhibits(session.stores.space(space))


async def _frame(session: Session, space: SpaceId) -> list[Finding]:
    """The database, over a connection of its own so that nobody waits; then the two chains."""
    found = []
    key = await session.run(_key, session, space)
    try:
        await asyncio.to_thread(_pages, session, space, key)
    except JitError as error:
        found.append(Finding(DATABASE, error.reason, error.sentence))
    return found + await session.run(_chains, session, space)


def _key(session: Session, space: SpaceId) -> bytes:
    session.stores.space(space)  # it is open, so it exists and was not wiped
    record = spaces.space(session.stores.device, space)
    return b"" if record is None else record.database_key


def _pages(session: Session, space: SpaceId, key: bytes) -> None:
    path = session.profile.space_database(space)
    connection = open_database(path, key, migrations="space", create=False)
    try:
        check(connection)
    finally:
        connection.close()


def _chains(session: Session, space: SpaceId) -> list[Finding]:
    sp, found = session.stores.space(space), []
    broken = custody.verify_chain(sp)
    if broken is not None:
        sentence = f"From event {broken} on, the log was changed or cut on this disk."
        found.append(Finding(LOG, "custody-broken", sentence))
    try:
        spacelog.load_log(sp)
    except JitError as error:
        found.append(Finding(MEMBERS, error.reason, error.sentence))
    return found


def _noted(session: Session, space: SpaceId, sound: int, wrong: int) -> None:
    sp = session.stores.space(space)
    detail = f"{sound} exhibits sound, {wrong} findings"
    with transaction(sp):
        custody.append(sp, "space-checked", session.identity.name, "", detail, session.clock.now())
