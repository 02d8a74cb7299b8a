"""One exhibit on its way: sealed and sent by its owner, fetched and verified by a recipient.

The signed manifest is made when the store holds everything, in the same transaction as the message
that carries it; the proof that lets the store erase is owed until the store has it.
Spec: docs/protocol/50-files.md §50.6 to §50.8.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crypto import signatures
from crypto.filestream import FileShape, Opener, Sealer
from jitclient import receipts, sealing
from jitclient.events import ExhibitsChanged
from jitclient.evidence_io import EvidenceSink, EvidenceSource, SourceStat, source_stat
from jitclient.session import WIPED_STATES, Session
from localstore import chunks, custody, evidence, spaces
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.content import ExhibitNotice, Withdrawn
from protocol.errors import (
    ActionNeededError,
    BadInputError,
    ErasedError,
    ForgedError,
    NotFoundError,
    RefusedError,
)
from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.manifest import Manifest
from protocol.membership import record_hash
from protocol.receipts import DownloadProof, ReceiptKind, StoreReceipt, Withdrawal
from sync.api import StoreApi
from sync.chunk_io import Line
from sync.terms import Terms
from sync.transfers import DownloadJob, UploadJob, download, upload

CHANGED = "The file changed: "


class Journal:
    """The parts of one exhibit in the space's database, written from any thread."""

    def __init__(self, session: Session, space: SpaceId, file: FileId) -> None:
        self._session = session
        self._space = space
        self._file = file

    def leaf_of(self, index: int) -> bytes | None:
        """The recorded leaf."""
        return self._session.database.call(
            lambda: chunks.leaf(self._session.stores.space(self._space), self._file, index)
        )

    def record_leaf(self, index: int, leaf: bytes) -> None:
        """Before a part may be sent."""
        self._write(chunks.record_leaf, index, leaf)

    def sent(self, index: int) -> None:
        """The store has it."""
        self._write(chunks.mark_sent, index)

    def have(self, index: int, leaf: bytes) -> None:
        """It is on this disk."""
        self._write(chunks.mark_have, index, leaf)

    def _write(self, function: Callable[..., None], *values: object) -> None:
        def act() -> None:
            sp = self._session.stores.space(self._space)
            with transaction(sp):
                function(sp, self._file, *values)

        self._session.database.call(act)


# --- sending -------------------------------------------------------------------------------------


async def send(  # noqa: PLR0913, PLR0917 - what one upload needs
    session: Session,
    api: StoreApi,
    space: SpaceId,
    record: ExhibitRecord,
    line: Line,
    terms: Terms,
) -> None:
    """Seal and upload an exhibit, then hand it over."""
    file = FileId(record.file)
    shape = FileShape(record.size)
    sealer = Sealer(record.file_key, space, file, record.salt, shape)
    journal = Journal(session, space, file)
    expected = SourceStat.parse(record.source_stat)
    source = await asyncio.to_thread(
        EvidenceSource, Path(record.source), sealer, journal, expected
    )
    with source:
        job = UploadJob(
            space=space,
            file=file,
            parts=shape.parts,
            sealed_bytes=shape.sealed_bytes,
            recipients=record.recipients,
        )
        receipt = await upload(job, source, store=api, line=line, terms=terms)
        root, sha256 = await asyncio.to_thread(source.root), source.sha256()
    await session.run(
        _hand_over, session, space, file, receipt, (sealer.commitment, root, sha256)
    )


def _hand_over(
    session: Session,
    space: SpaceId,
    file: FileId,
    receipt: bytes,
    digests: tuple[bytes, bytes, bytes],
) -> None:
    commitment, root, sha256 = digests
    stored = signatures.verify_store(receipt, session.identity.store_key, StoreReceipt)
    if stored.item != file or stored.subject != root or stored.space != space:
        raise ForgedError("The store's receipt is for something else than what was uploaded.")
    sp, log = session.stores.space(space), session.log(space)
    record = evidence.exhibit(sp, file)
    if record is None or record.state == "on-server":
        return
    shape = FileShape(record.size)
    manifest = Manifest(
        version=1,
        file=file,
        space=space,
        suite=1,
        name=record.name,
        mime=record.mime,
        exhibit=record.exhibit,
        facts=(),
        size=record.size,
        padded=shape.padded,
        parts=shape.parts,
        salt=record.salt,
        commitment=commitment,
        root=root,
        sha256=sha256,
        log_seq=log.roster.seq,
        log_head=log.roster.head,
        claimed_at=session.clock.now(),
    )
    signed = signatures.sign(session.signing, session.device, manifest)
    notice = ExhibitNotice(version=1, manifest=signed, file_key=record.file_key)
    audience = tuple(UserId(u) for u in record.recipients if u in log.roster.members)
    with transaction(sp):
        if not audience:
            evidence.update_exhibit(
                sp, file, state="failed", problem="No recipient is a member any more."
            )
            return
        sent = sealing.compose(
            session,
            space,
            notice,
            kind="exhibit",
            audience=audience,
            text=record.name,
            file=file,
        )
        evidence.update_exhibit(
            sp,
            file,
            state="on-server",
            manifest=signed,
            sha256=sha256,
            root=root,
            message=MessageId(sent.message),
            announced=True,
            problem="",
        )
        custody.append(
            sp,
            "exhibit-handed-over",
            session.identity.name,
            record.name,
            f"sha256 {sha256.hex()}",
            session.clock.now(),
        )
    session.counts.exhibits_out += 1
    session.tell(ExhibitsChanged(space))


# --- receiving -----------------------------------------------------------------------------------


def sink_for(session: Session, space: SpaceId, record: ExhibitRecord) -> EvidenceSink:
    """Where the parts of a received exhibit are checked and kept."""
    manifest = signatures.peek(record.manifest, Manifest)  # verified when it arrived
    file = FileId(record.file)
    folder = session.profile.parts_folder(space, file)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return EvidenceSink(folder, opener_for(space, record), manifest, Journal(session, space, file))


def opener_for(space: SpaceId, record: ExhibitRecord) -> Opener:
    """What opens the parts of a received exhibit.

    Raises:
        ForgedError: the key does not fit the signed commitment.
    """
    manifest = signatures.peek(record.manifest, Manifest)
    return Opener(
        record.file_key,
        space,
        FileId(record.file),
        manifest.salt,
        manifest.commitment,
        FileShape(manifest.size),
    )


async def fetch(  # noqa: PLR0913, PLR0917 - what one download needs
    session: Session,
    api: StoreApi,
    space: SpaceId,
    record: ExhibitRecord,
    line: Line,
    terms: Terms,
) -> None:
    """Download an exhibit, verify it whole, owe the receipts, prove it to the store."""
    sink = await asyncio.to_thread(sink_for, session, space, record)
    job = DownloadJob(space=space, file=FileId(record.file), parts=record.parts)
    await download(job, sink, store=api, line=line, terms=terms)
    await session.run(_verified, session, space, FileId(record.file))
    await post_proofs(session, api)


def _verified(session: Session, space: SpaceId, file: FileId) -> None:
    sp, log = session.stores.space(space), session.log(space)
    with transaction(sp):
        record = evidence.exhibit(sp, file)
        if record is None or record.state == "verified":
            return
        evidence.update_exhibit(sp, file, state="verified", problem="")
        to = tuple({UserId(record.author_user), *(UserId(u) for u in record.recipients)})
        now = session.clock.now()
        receipts.owe(
            session,
            sp,
            log,
            to=tuple(u for u in to if u in log.roster.members),
            kind=ReceiptKind.VERIFIED,
            message=record.message or receipts.NO_MESSAGE,
            subject=record_hash(signatures.parse(record.manifest).body),
            sha256=record.sha256,
        )
        evidence.mark_verified(sp, file, session.user, now, b"")
        custody.append(
            sp, "exhibit-verified", session.identity.name, record.name, record.sha256.hex(), now
        )
    session.counts.exhibits_in += 1
    session.tell(ExhibitsChanged(space))


async def post_proofs(session: Session, api: StoreApi) -> None:
    """Tell the store what this device has verified; repeated until it knows."""
    for space, file, proof in await session.run(_proofs, session):
        try:
            await api.post_proof(space, file, proof)
        except (ErasedError, NotFoundError, RefusedError):
            pass  # nothing left to erase there
        await session.run(_proof_posted, session, space, file)


def _proofs(session: Session) -> list[tuple[SpaceId, FileId, bytes]]:
    found = []
    for row in spaces.spaces(session.stores.device):
        space = SpaceId(row.space)
        if row.state in WIPED_STATES or row.log_seq < 0:
            continue
        for record in evidence.exhibits(session.stores.space(space)):
            if record.mine or record.announced or record.state != "verified":
                continue
            proof = DownloadProof(
                version=1,
                space=space,
                file=record.file,
                root=record.root,
                device=session.device,
                claimed_at=session.clock.now(),
            )
            signed = signatures.sign(session.signing, session.device, proof)
            found.append((space, FileId(record.file), signed))
    return found


def _proof_posted(session: Session, space: SpaceId, file: FileId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, announced=True)


# --- a person intervenes -------------------------------------------------------------------------


def make_due(session: Session, space: SpaceId, file: FileId) -> None:
    """Let a paused, failed or corrupted transfer run again; a changed file gets a new key.

    Raises:
        NotFoundError: no such exhibit; BadInputError: it is not standing still.
    """
    sp = session.stores.space(space)
    record = evidence.exhibit(sp, file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    if record.state not in {"paused", "failed", "corrupted"}:
        raise BadInputError("This transfer is not paused.")
    with transaction(sp):
        if record.mine and record.problem.startswith(CHANGED):
            _start_anew(session, space, record)
        else:
            state = "sealing" if record.mine else "available"
            evidence.update_exhibit(sp, file, state=state, problem="")
    session.tell(ExhibitsChanged(space))


def _start_anew(session: Session, space: SpaceId, record: ExhibitRecord) -> None:
    """A changed file is another file: new id, key and salt, so that no nonce is used twice."""
    sp = session.stores.space(space)
    stat = source_stat(Path(record.source))
    shape = FileShape(stat.size)
    evidence.update_exhibit(sp, record.file, state="cancelled", problem="The file changed.")
    chunks.clear(sp, FileId(record.file))
    evidence.add_exhibit(
        sp,
        replace(
            record,
            file=session.entropy.token(16),
            file_key=session.entropy.token(32),
            salt=session.entropy.token(24),
            size=stat.size,
            parts=shape.parts,
            sealed_total=shape.sealed_bytes,
            source_stat=str(stat),
            state="sealing",
            problem="",
        ),
    )


async def cancel(session: Session, api: StoreApi, space: SpaceId, file: FileId) -> None:
    """Stop for good: own exhibits are withdrawn from the store, received parts are deleted.

    Raises:
        ActionNeededError: everyone has it already, or it is verified here.
    """
    record = await session.run(exhibit_of, session, space, file)
    if not record.mine:
        await session.run(_drop_received, session, space, record)
        return
    if record.state in {"cancelled", "withdrawn"}:
        return
    withdrawal = Withdrawal(
        version=1,
        space=space,
        file=file,
        device=session.device,
        claimed_at=session.clock.now(),
    )
    signed = signatures.sign(session.signing, session.device, withdrawal)
    try:
        await api.withdraw_file(space, file, signed)
    except (NotFoundError, ErasedError):
        pass  # it never arrived there, or is gone already
    await session.run(_withdrawn, session, space, record)


def exhibit_of(session: Session, space: SpaceId, file: FileId) -> ExhibitRecord:
    """One exhibit.

    Raises:
        NotFoundError: no such exhibit here.
    """
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None:
        raise NotFoundError("There is no such exhibit in this space.")
    return record


def _withdrawn(session: Session, space: SpaceId, record: ExhibitRecord) -> None:
    sp, log = session.stores.space(space), session.log(space)
    with transaction(sp):
        state = "cancelled"
        if record.message is not None:
            state = "withdrawn"
            sealing.compose(
                session,
                space,
                Withdrawn(version=1, file=record.file),
                kind="withdrawn",
                audience=tuple(UserId(u) for u in record.recipients if u in log.roster.members),
                text=f"{session.identity.name} withdrew “{record.name}”.",
                file=record.file,
            )
        evidence.update_exhibit(sp, record.file, state=state, problem="")
        custody.append(
            sp,
            "exhibit-withdrawn",
            session.identity.name,
            record.name,
            "",
            session.clock.now(),
        )
    session.tell(ExhibitsChanged(space))


def _drop_received(session: Session, space: SpaceId, record: ExhibitRecord) -> None:
    if record.state == "verified":
        raise ActionNeededError("This exhibit is here already; there is nothing to cancel.")
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, record.file, state="cancelled", problem="")
        chunks.clear(sp, FileId(record.file))
    shutil.rmtree(session.profile.parts_folder(space, record.file), ignore_errors=True)
    session.tell(ExhibitsChanged(space))


