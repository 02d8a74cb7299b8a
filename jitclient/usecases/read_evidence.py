"""Reading evidence that is here: verify it again, or export it to a file as a custody event."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from crypto import signatures
from jitclient import exhibits, taking_over
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import EvidenceReader
from jitclient.place import place
from jitclient.session import Session
from localstore import custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import (
    ActionNeededError,
    CannotCreateError,
    HashMismatchError,
    NoInputError,
    NotFoundError,
    RefusedError,
)
from protocol.ids import FileId, SpaceId
from protocol.manifest import Manifest
from protocol.receipts import ReceiptKind

READ_BYTES = 4 * 1024 * 1024


async def export(session: Session, space: SpaceId, file: FileId, out: Path) -> Path:
    """Write the plaintext of a verified exhibit to `out` (a folder: under its own name).

    Raises:
        NotFoundError: no such exhibit; ActionNeededError: it is not here, or one's own;
        CannotCreateError: `out` exists; PartCorruptedError, HashMismatchError: the local copy is
        damaged; nothing was left behind.
    """
    record = await session.run(_here, session, space, file)
    target = out.expanduser().absolute()
    if target.is_dir():
        target = target / record.name
    if target.exists():
        raise CannotCreateError(f"{target} exists already; nothing was overwritten.")
    reader = _reader(session, space, record)
    try:
        await asyncio.to_thread(reader.export, target)
    except RefusedError as error:
        await session.run(_damaged, session, space, file, error)
        raise
    await session.run(_exported, session, space, file, target)
    return target


async def verify(session: Session, space: SpaceId, file: FileId) -> None:
    """Read everything again and compare with the signed manifest.

    An own exhibit is compared with its source file, if that still stands where it was.

    Raises:
        PartCorruptedError, HashMismatchError: it differs; NoInputError: the source is gone;
        ActionNeededError: it is not here yet.
    """
    record = await session.run(exhibits.exhibit_of, session, space, file)
    if record.mine:
        if not record.sha256:
            raise ActionNeededError("This exhibit is still being sealed; verify it when it is up.")
        digest = await asyncio.to_thread(_digest, Path(record.source))
        if digest != record.sha256:
            raise HashMismatchError("The source file is not the one that was handed over.")
        return
    record = await session.run(_here, session, space, file)
    try:
        await asyncio.to_thread(_reader(session, space, record).verify)
    except RefusedError as error:
        await session.run(_damaged, session, space, file, error)
        raise
    await session.run(_noted, session, space, record)


def _digest(path: Path) -> bytes:
    whole = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as source:
            while block := source.read(READ_BYTES):
                whole.update(block)
    except OSError as error:
        raise NoInputError(f"{path.name} cannot be read any more: {error.strerror}.") from error
    return whole.digest()


def _reader(session: Session, space: SpaceId, record: ExhibitRecord) -> EvidenceReader:
    manifest = signatures.peek(record.manifest, Manifest)  # verified when it arrived
    folder = session.profile.parts_folder(space, record.file)
    return EvidenceReader(folder, exhibits.opener_for(space, record), manifest)


def _here(session: Session, space: SpaceId, file: FileId) -> ExhibitRecord:
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    if record.mine:
        raise ActionNeededError(f"This is your own exhibit; its source is {record.source}.")
    if record.state == "corrupted":
        raise HashMismatchError(record.problem or "The local copy is damaged.")
    if record.state != "verified":
        raise ActionNeededError(
            "This exhibit is not on this device yet. " + (record.problem or "Fetch it first.")
        )
    return record


def _damaged(session: Session, space: SpaceId, file: FileId, error: RefusedError) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, state="corrupted", problem=error.sentence)
    session.tell(ExhibitsChanged(space))


def _exported(session: Session, space: SpaceId, file: FileId, target: Path) -> None:
    at = place(session, space)
    sp = at.sp
    record = evidence.exhibit(sp, file)
    if record is None:
        return
    with transaction(sp):
        evidence.update_exhibit(sp, file, exported_to=str(target))
        taking_over.owe_about(at, record, ReceiptKind.EXPORTED)
        custody.append(
            sp,
            "exhibit-exported",
            session.identity.name,
            record.name,
            str(target),
            session.clock.now(),
        )
    session.tell(ExhibitsChanged(space))


def _noted(session: Session, space: SpaceId, record: ExhibitRecord) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        custody.append(
            sp,
            "exhibit-checked",
            session.identity.name,
            record.name,
            f"sha256 {record.sha256.hex()}",
            session.clock.now(),
        )
