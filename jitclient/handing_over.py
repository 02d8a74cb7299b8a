"""Handing over: seal and upload an exhibit, then send its signed manifest and its key.

The manifest is made when the store holds everything, in one transaction with the message that
carries it. Spec: docs/protocol/50-files.md §50.6 and §50.8.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from crypto import signatures
from crypto.filestream import FileShape, Sealer
from jitclient import restrictions, sealing, spool
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import EvidenceSource, SourceStat
from jitclient.exhibits import Journal
from jitclient.place import Place, place
from jitclient.recipients import check_recipients
from jitclient.restrictions import Going
from jitclient.sealing import Draft
from jitclient.session import Session
from jitclient.sourcefile import PlainFile
from localstore import carried, chunks, custody, evidence
from localstore import spool as spooled
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.content import ExhibitNotice
from protocol.errors import ForgedError, NotFoundError
from protocol.facts import digests
from protocol.ids import ID_BYTES, FileId, SpaceId, UserId, from_hex
from protocol.manifest import Manifest
from protocol.receipts import StoreReceipt
from sync.api import StoreApi
from sync.line import Line
from sync.terms import Terms
from sync.transfers import UploadJob, upload

NOT_ACQUIRED = (
    "What was sealed is not what was acquired: its SHA-256 is another one. It was handed to nobody."
)
UNDER_WAY = frozenset({"sealing", "uploading", "paused"})
_MAY_GO_ON = UNDER_WAY | {"failed", "available", "downloading", "corrupted"}


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing and uploading found out."""

    receipt: bytes
    commitment: bytes
    root: bytes
    sha256: bytes


async def send(
    session: Session,
    api: StoreApi,
    space: SpaceId,
    record: ExhibitRecord,
    line: Line,
    terms: Terms,
) -> None:
    """Seal and upload an exhibit, then hand it over to those recipients who still are members."""
    file = FileId(record.file)
    shape = FileShape(record.size)
    sealer = Sealer(record.file_key, space, file, record.salt, shape)
    await session.run(taken_back, session, space, file)
    journal = Journal(session, space, file)
    expected = SourceStat.parse(record.source_stat)
    opened = await session.run(spool.opening, session, space, file) or PlainFile
    path = Path(record.source)
    source = await asyncio.to_thread(EvidenceSource, path, sealer, journal, expected, opened)
    with source:
        job = UploadJob(
            space=space,
            file=file,
            parts=shape.parts,
            sealed_bytes=shape.sealed_bytes,
            recipients=await session.run(audience, session, space, record),
        )
        receipt = await upload(job, source, store=api, line=line, terms=terms)
        root, sha256 = await asyncio.to_thread(source.root), source.sha256()
    sealed = Sealed(receipt, sealer.commitment, root, sha256)
    await session.run(_hand_over, session, space, file, sealed)
    if opened is not PlainFile:
        await session.run(spool.sweep, session, space)


def audience(session: Session, space: SpaceId, record: ExhibitRecord) -> tuple[UserId, ...]:
    """Those recipients who still are members. Database thread.

    Raises:
        NotFoundError: nobody is; NotPermittedError, NotVerifiedError: they may not get it.
    """
    at = place(session, space)
    still = at.members(record.recipients)
    if not still:
        raise NotFoundError("No recipient is a member any more.")
    return check_recipients(at, still)


def taken_back(session: Session, space: SpaceId, file: FileId) -> None:
    """Take over what a carrier put on record while the window was locked. Database thread.

    Raises:
        SourceChangedError: it sealed other bytes than were sealed before.
    """
    path = carried.journal_file(session.profile.directory, space, file)
    sp, known = session.stores.space(space), carried.load(path)
    if known:
        with transaction(sp):
            for index, leaf in known.items():
                chunks.record_leaf(sp, file, index, leaf)
    path.unlink(missing_ok=True)


def drop_journals(session: Session, space: SpaceId) -> None:
    """Remove what a carrier put on record of exhibits that do not travel any more.

    Of one that may go on it stays until it is taken back. Database thread.
    """
    folder = carried.folder(session.profile.directory, space)
    for path in sorted(folder.glob("*")):
        file = from_hex(path.name, ID_BYTES)
        record = None if file is None else evidence.exhibit(session.stores.space(space), file)
        if record is None or record.state not in _MAY_GO_ON:
            path.unlink(missing_ok=True)


def _hand_over(session: Session, space: SpaceId, file: FileId, sealed: Sealed) -> None:
    check_receipt(session, space, file, sealed)
    at = place(session, space)
    with transaction(at.sp):
        handed_over = within(at, file, sealed)
    session.counts.exhibits_out += handed_over


def check_receipt(session: Session, space: SpaceId, file: FileId, sealed: Sealed) -> None:
    """The store has signed for this very file.

    Raises:
        ForgedError: it has not.
    """
    stored = signatures.verify_store(sealed.receipt, session.identity.store_key, StoreReceipt)
    if stored.item != file or stored.subject != sealed.root or stored.space != space:
        raise ForgedError("The store's receipt is for something else than what was uploaded.")


def within(at: Place, file: FileId, sealed: Sealed) -> bool:
    """Sign the manifest and write the message that carries it, in the caller's transaction.

    Answers whether it is handed over: it may have been before, been given up, or be kept back.
    """
    session, space = at.session, at.space
    record = evidence.exhibit(at.sp, file)
    if record is None or record.state not in UNDER_WAY:
        return False  # handed over already, or given up meanwhile
    still, me = at.members(record.recipients), session.identity.name
    session.tell(ExhibitsChanged.of(space, file))
    problem = _against(session, record, still, sealed)
    if problem:
        evidence.update_exhibit(at.sp, file, state="failed", problem=problem)
        custody.append(at.sp, "exhibit-kept-back", me, record, problem, at.now)
        return False
    signed = signatures.sign(session.signing, session.device, _manifest(at, record, sealed))
    notice = ExhibitNotice(version=1, manifest=signed, file_key=record.file_key)
    draft = Draft(content=notice, kind="exhibit", audience=still, text=record.name, file=file)
    sent = sealing.compose(at, draft)
    evidence.update_exhibit(
        at.sp,
        file,
        state="on-server",
        manifest=signed,
        sha256=sealed.sha256,
        root=sealed.root,
        message=sent.message,
        announced=True,
        problem="",
        source="" if spooled.key(at.sp, file) else record.source,
    )
    spooled.drop(at.sp, file)
    digest = f"sha256 {sealed.sha256.hex()}"
    custody.append(at.sp, "exhibit-handed-over", me, record, digest, at.now)
    return True


def _against(
    session: Session, record: ExhibitRecord, audience: tuple[UserId, ...], sealed: Sealed
) -> str:
    """Why what is sealed and at the store is handed to nobody; empty when it may go."""
    if not audience:
        return "No recipient is a member any more."
    stated = digests(record.facts).get("sha256", sealed.sha256.hex())
    if stated != sealed.sha256.hex():
        return NOT_ACQUIRED
    going = Going(record.size, sealed.sha256, record.facts)
    return restrictions.against(session, going, audience)


def _manifest(at: Place, record: ExhibitRecord, sealed: Sealed) -> Manifest:
    shape = FileShape(record.size)
    return Manifest(
        version=1,
        file=record.file,
        space=at.space,
        suite=1,
        name=record.name,
        mime=record.mime,
        exhibit=record.exhibit,
        facts=record.facts,
        size=record.size,
        padded=shape.padded,
        parts=shape.parts,
        salt=record.salt,
        commitment=sealed.commitment,
        root=sealed.root,
        sha256=sealed.sha256,
        log_seq=at.log.roster.seq,
        log_head=at.log.roster.head,
        claimed_at=at.now,
    )
