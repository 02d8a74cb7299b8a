"""Reading evidence that is here: verify it again, or export it to a file as a custody event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from crypto import signatures
from jitclient import accompanying, carrying_out, exhibits, newfile, restrictions
from jitclient.acquisition import sha256_of
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import EvidenceReader
from jitclient.place import place
from jitclient.session import Session
from jitclient.views import Purpose
from localstore import custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from localstore.outside import Outside
from protocol.errors import (
    ActionNeededError,
    HashMismatchError,
    NotFoundError,
    RefusedError,
)
from protocol.ids import FileId, SpaceId
from protocol.manifest import Manifest

NO_SOURCE = (
    "This is your own exhibit. It came from standard input, and what was kept of it here was wiped "
    "when it had been handed over."
)
UNMARKED = "; that disk keeps no mark that it came from outside"


async def export(
    session: Session, space: SpaceId, file: FileId, out: Path, purpose: Purpose = Purpose.WORK
) -> Path:
    """Write the plaintext of a verified exhibit to `out` (a folder: under its own name).

    Where facts are stated of it, or it is for a court, a sheet with them stands beside it.

    Raises:
        NotFoundError: no such exhibit; ActionNeededError: it is not here, or one's own;
        HandlingCodeError: its handling code does not allow the purpose;
        CannotCreateError: `out` exists; PartCorruptedError, HashMismatchError: the local copy is
        damaged; nothing was left behind.
    """
    record = await session.run(_allowed, session, space, file, purpose)
    target = out.expanduser().absolute()
    if target.is_dir():
        target = target / record.name
    text = await session.run(_sheet, session, space, record, purpose, target.name)
    beside = target.with_name(target.name + accompanying.SUFFIX)
    how = f"{target} for {purpose.value}"
    copies = [carrying_out.planned(target, "exhibit", file=file, detail=how)]
    if text:
        copies.append(carrying_out.planned(beside, "sheet", file=file))
    async with carrying_out.carried(session, space, copies):
        await _carry_out(session, space, record, copies, text)
    return target


async def _carry_out(
    session: Session, space: SpaceId, record: ExhibitRecord, copies: list[Outside], text: str
) -> None:
    """Write it; whether the disk keeps the mark of what came from outside goes into the log."""
    reader = reader_of(session, space, record)
    try:
        marked = await asyncio.to_thread(_write, reader, copies, text)
    except RefusedError as error:
        await session.run(mark_damaged, session, space, FileId(record.file), error)
        raise
    if not marked:
        copies[0] = replace(copies[0], detail=copies[0].detail + UNMARKED)


def _allowed(session: Session, space: SpaceId, file: FileId, purpose: Purpose) -> ExhibitRecord:
    record = exhibit_here(session, space, file)
    if purpose is Purpose.COURT:
        restrictions.refuse_court(place(session, space), record)
    return record


def _sheet(
    session: Session, space: SpaceId, record: ExhibitRecord, purpose: Purpose, name: str
) -> str:
    """The sheet that goes with it; empty where there is none."""
    said = [name for name, _ in record.facts if name != "folder-path"]  # its place says that
    if not said and purpose is Purpose.WORK:
        return ""
    return accompanying.sheet(place(session, space), record, purpose, name)


def _write(reader: EvidenceReader, copies: Sequence[Outside], text: str) -> bool:
    """The sheet first: an exhibit never stands anywhere without its marks."""
    target, *sheets = copies
    said = memoryview(text.encode())
    for one in sheets:
        newfile.create(
            one.path, lambda file: newfile.write_all(file, said), temporary=one.temporary
        )
    try:
        return reader.export(target.path, target.temporary)
    except BaseException:
        for one in sheets:
            one.path.unlink(missing_ok=True)
        raise


async def verify(
    session: Session, space: SpaceId, file: FileId, tell: Callable[[int], None] = lambda _: None
) -> None:
    """Read everything again and compare with the signed manifest.

    `tell` hears of bytes as they are read, on another thread; what it raises ends the reading.

    An own exhibit is compared with its source file, if that still stands where it was.

    Raises:
        PartCorruptedError, HashMismatchError: it differs; NoInputError: the source is gone;
        ActionNeededError: it is not here yet.
    """
    record = await session.run(exhibits.exhibit_of, session, space, file)
    if record.mine:
        if not record.sha256:
            raise ActionNeededError("This exhibit is still being sealed; verify it when it is up.")
        if not record.source:
            raise ActionNeededError(NO_SOURCE)
        digest = await asyncio.to_thread(sha256_of, Path(record.source), tell)
        if digest != record.sha256:
            raise HashMismatchError("The source file is not the one that was handed over.")
        return
    record = await session.run(exhibit_here, session, space, file)
    try:
        await asyncio.to_thread(reader_of(session, space, record).verify, tell)
    except RefusedError as error:
        await session.run(mark_damaged, session, space, file, error)
        raise
    await session.run(_noted, session, space, record)


def reader_of(session: Session, space: SpaceId, record: ExhibitRecord) -> EvidenceReader:
    """What reads a kept exhibit, in ranges or whole."""
    manifest = signatures.peek(record.manifest, Manifest)  # verified when it arrived
    folder = session.profile.parts_folder(space, record.file)
    return EvidenceReader(folder, exhibits.opener_for(space, record), manifest)


def exhibit_here(session: Session, space: SpaceId, file: FileId) -> ExhibitRecord:
    """A verified exhibit of somebody else's that is on this device.

    Raises:
        NotFoundError, ActionNeededError, HashMismatchError: there is none; the sentence says why.
    """
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    if record.mine:
        source = f"This is your own exhibit; its source is {record.source}."
        raise ActionNeededError(source if record.source else NO_SOURCE)
    if record.state == "corrupted":
        raise HashMismatchError(record.problem or "The local copy is damaged.")
    if record.state != "verified":
        raise ActionNeededError(
            "This exhibit is not on this device yet. " + (record.problem or "Fetch it first.")
        )
    return record


def mark_damaged(session: Session, space: SpaceId, file: FileId, error: RefusedError) -> None:
    """Note that the local copy is damaged; it is not released until it was fetched again."""
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, state="corrupted", problem=error.sentence)
    session.tell(ExhibitsChanged.of(space, file))


def _noted(session: Session, space: SpaceId, record: ExhibitRecord) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        custody.append(
            sp,
            "exhibit-checked",
            session.identity.name,
            record,
            f"sha256 {record.sha256.hex()}",
            session.clock.now(),
        )
