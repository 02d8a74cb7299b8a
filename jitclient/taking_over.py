"""Taking over: fetch an exhibit, verify it whole, owe the receipts, prove it to the store.

The proof that lets the store erase (R21.1) is owed until the store has it.
Spec: docs/protocol/50-files.md §50.7 and §50.8.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from crypto import signatures
from crypto.filestream import FileShape
from jitclient import receipts, spacewise
from jitclient.events import ExhibitsChanged
from jitclient.exhibits import sink_for
from jitclient.place import Place, place
from jitclient.receipts import Claim
from jitclient.session import Session
from localstore import carried, chunks, custody, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import (
    ActionNeededError,
    MalformedError,
    NotSignedInError,
    RefusedError,
    StoreIdentityError,
)
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_TOGETHER
from protocol.membership import record_hash
from protocol.receipts import DownloadProof, ReceiptKind
from sync.api import StoreApi
from sync.line import Line
from sync.terms import Terms
from sync.transfers import DownloadJob, download

PROOFS_AT_ONCE: Final = 4
Proof = tuple[SpaceId, FileId, bytes]
Post = Callable[[SpaceId, FileId, bytes], Awaitable[None]]
"""Hands the store a `Signed` DownloadProof; `sync.filecalls.FileCalls.prove`."""
PostMany = Callable[[SpaceId, tuple[bytes, ...]], Awaitable[None]]
"""Hands it several of one space, all or none; `sync.filecalls.FileCalls.prove_together`."""


async def fetch(
    session: Session,
    api: StoreApi,
    space: SpaceId,
    record: ExhibitRecord,
    line: Line,
    terms: Terms,
) -> None:
    """Download an exhibit, verify it whole, and owe the receipts and the proof."""
    await session.run(taken_back, session, space, FileId(record.file))
    sink = await asyncio.to_thread(sink_for, session, space, record)
    shape = FileShape(record.size)
    job = DownloadJob(
        space=space, file=FileId(record.file), parts=shape.parts, part_bytes=shape.sealed_len(0)
    )
    await download(job, sink, store=api, line=line, terms=terms)
    await session.run(_verified, session, space, FileId(record.file))


def taken_back(session: Session, space: SpaceId, file: FileId) -> None:
    """Take over what a carrier kept while the window was locked; none of it was opened yet.

    Database thread.
    """
    path = carried.journal_file(session.profile.directory, space, file)
    sp, known = session.stores.space(space), carried.load(path)
    if known:
        with transaction(sp):
            for index, leaf in known.items():
                chunks.mark_have(sp, file, index, leaf)
    path.unlink(missing_ok=True)


def _verified(session: Session, space: SpaceId, file: FileId) -> None:
    at = place(session, space)
    with transaction(at.sp):
        verified = within(at, file)
    session.counts.exhibits_in += verified


def within(at: Place, file: FileId) -> bool:
    """What was fetched is what was promised: owe the receipts, in the caller's transaction.

    Answers whether it is verified now: it may have been before, or have been cancelled.
    """
    session = at.session
    record = evidence.exhibit(at.sp, file)
    if record is None or record.state in {"verified", "cancelled"}:
        return False
    own = record.author_user == session.user  # handed over by one's own other device
    # Of that nobody waits for a receipt, and the store for no proof: one is no recipient.
    evidence.update_exhibit(at.sp, file, state="verified", problem="", announced=own)
    if not own:
        owe_about(at, record, ReceiptKind.VERIFIED)
    evidence.mark_verified(at.sp, file, session.user, at.now, b"")
    me, digest = session.identity.name, f"sha256 {record.sha256.hex()}"
    custody.append(at.sp, "exhibit-verified", me, record, digest, at.now)
    session.tell(ExhibitsChanged.of(at.space, file))
    return True


def owe_about(at: Place, record: ExhibitRecord, kind: ReceiptKind) -> None:
    """Owe the author and the other recipients a receipt about an exhibit."""
    claim = Claim(
        kind=kind,
        message=record.message or receipts.NO_MESSAGE,
        subject=record_hash(signatures.parse(record.manifest).body),
        sha256=record.sha256,
    )
    to = tuple(sorted({record.author_user, *record.recipients}))
    receipts.owe(at, at.members(to), claim)


async def post_proofs(session: Session, post: Post, post_many: PostMany | None = None) -> None:
    """Tell the store what this device has verified; repeated until it knows.

    Many at once, or a few side by side, and those it knows are noted together. A proof the store
    turns down is not offered again: there is nothing left to erase, or this person is no longer a
    member. It holds up no other.
    """
    async with session.proving:  # several transfers end at once: each proof goes once
        owed = await session.run(spacewise.gather, session, _proofs_in)
        for some in _by_space(owed) if post_many else [owed]:
            if post_many and len(some) > 1 and await _are_settled(post_many, some):
                await session.run(_proofs_posted, session, some)
            else:
                await _post_some(session, post, some)


def _by_space(owed: Sequence[Proof]) -> Iterator[Sequence[Proof]]:
    """So many of one space as one request takes."""
    for _, these in groupby(owed, key=lambda one: one[0]):
        some = tuple(these)
        for start in range(0, len(some), MAX_TOGETHER):
            yield some[start : start + MAX_TOGETHER]


async def _are_settled(post_many: PostMany, some: Sequence[Proof]) -> bool:
    """Whether the store has them all now; if it did not want one of them, each goes alone."""
    try:
        await post_many(some[0][0], tuple(proof for _, _, proof in some))
    except (NotSignedInError, StoreIdentityError):
        raise
    except (ActionNeededError, RefusedError):
        return False
    return True


async def _post_some(session: Session, post: Post, owed: Sequence[Proof]) -> None:
    for start in range(0, len(owed), PROOFS_AT_ONCE):
        some = owed[start : start + PROOFS_AT_ONCE]
        sent = (_is_settled(post, *one) for one in some)
        answers = await asyncio.gather(*sent, return_exceptions=True)
        settled = [one for one, yes in zip(some, answers, strict=True) if yes is True]
        await session.run(_proofs_posted, session, settled)
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer


async def _is_settled(post: Post, space: SpaceId, file: FileId, proof: bytes) -> bool:
    """Whether the store has the proof, or wants none."""
    try:
        await post(space, file, proof)
    except (NotSignedInError, StoreIdentityError):
        raise
    except MalformedError:
        return False  # whether the store has it is unknown
    except (ActionNeededError, RefusedError):
        pass
    return True


def _proofs_in(session: Session, space: SpaceId) -> list[Proof]:
    found = []
    for record in evidence.owed(session.stores.space(space), "verified", mine=False):
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


def _proofs_posted(session: Session, settled: Sequence[Proof]) -> None:
    for space in {space for space, _, _ in settled}:
        files = [file for at, file, _ in settled if at == space]
        spacewise.attempt(session, space, _note_posted, files)


def _note_posted(session: Session, space: SpaceId, files: list[FileId]) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        for file in files:
            evidence.update_exhibit(sp, file, announced=True)
