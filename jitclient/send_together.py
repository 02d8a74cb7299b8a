"""Handing over several small exhibits at once: sealed, stored and announced side by side.

Spec: docs/protocol/50-files.md §50.11.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from crypto.filestream import FileShape, Sealer
from jitclient import handing_over, queueing, spool
from jitclient.evidence_io import EvidenceSource, SourceStat
from jitclient.handing_over import Sealed
from jitclient.place import Place
from jitclient.session import Session
from jitclient.sourcefile import PlainFile, SourceFile
from jitclient.together import ONLY, Ended, Leaf, attempt, begun, in_one_act, slices, to_its_end
from localstore import chunks, evidence
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.api.smallfiles import SmallFile, StoreSmallRequest
from protocol.errors import JitError, RefusedError
from protocol.ids import FileId, SpaceId
from sync.filecalls import FileCalls


@dataclass(slots=True)
class _Going:
    """One exhibit on its way out."""

    record: ExhibitRecord
    opened: Callable[[Path], SourceFile]
    recipients: tuple[bytes, ...]
    journal: Leaf
    part: bytes = b""
    root: bytes = b""
    sha256: bytes = b""
    commitment: bytes = b""

    @property
    def file(self) -> FileId:
        return FileId(self.record.file)

    def seal(self, space: SpaceId) -> None:
        """Read the file once: its hash, its only part, the leaf.

        Raises:
            SourceChangedError, NoInputError: as when it goes alone.
        """
        record = self.record
        sealer = Sealer(record.file_key, space, self.file, record.salt, FileShape(record.size))
        expected = SourceStat.parse(record.source_stat)
        path = Path(record.source)
        with EvidenceSource(path, sealer, self.journal, expected, self.opened) as source:
            part = source.next()
            self.part = b"" if part is None else bytes(part.data)
            source.next()  # looks whether the file is still what it was
            self.root, self.sha256 = source.root(), source.sha256()
        self.commitment = sealer.commitment


async def send(
    session: Session, calls: FileCalls, space: SpaceId, files: Sequence[FileId], end: Ended
) -> None:
    """Seal, upload and hand over several exhibits of one part each; what came of it is in `end`.

    Raises:
        JitError: the store's refusal of the request; nothing of it is handed over.
    """
    ready = await session.run(_ready_to_send, session, space, files, end)
    await to_its_end(lambda: _seal_all(ready, space, end))
    left = end.left(one.file for one in ready)
    going = await session.run(
        _sealed, session, space, [one for one in ready if one.file in left], end
    )
    if not going:
        return
    request = StoreSmallRequest(
        files=tuple(
            SmallFile(file=one.file, recipients=one.recipients, part=one.part, root=one.root)
            for one in going
        )
    )
    receipts = await calls.store_together(space, request)
    sealed = {
        one.file: Sealed(receipt, one.commitment, one.root, one.sha256)
        for one, receipt in zip(going, receipts, strict=True)
    }
    await session.run(_check_receipts, session, space, sealed, end)
    for some in slices(end.left(sealed)):
        await session.run(_handed_over, session, space, {f: sealed[f] for f in some}, end)
    if any(one.opened is not PlainFile for one in going):
        await session.run(spool.sweep, session, space)


def _ready_to_send(
    session: Session, space: SpaceId, files: Sequence[FileId], end: Ended
) -> list[_Going]:
    found = []
    for record in begun(session, space, files, "uploading"):
        file = FileId(record.file)
        try:
            handing_over.taken_back(session, space, file)
            found.append(
                _Going(
                    record=record,
                    opened=spool.opening(session, space, file) or PlainFile,
                    recipients=handing_over.audience(session, space, record),
                    journal=Leaf(chunks.leaf(session.stores.space(space), file, ONLY)),
                )
            )
        except JitError:
            end.alone.add(file)
    return found


def _seal_all(going: Sequence[_Going], space: SpaceId, end: Ended) -> None:
    for one in going:
        attempt(one.file, partial(one.seal, space), end)


def _sealed(session: Session, space: SpaceId, going: Sequence[_Going], end: Ended) -> list[_Going]:
    """The leaves are on record before a byte leaves; whoever was stopped meanwhile stays."""
    sp, found = session.stores.space(space), []
    with transaction(sp):
        for one in going:
            record = evidence.exhibit(sp, one.file)
            if record is None or not queueing.is_due(record):
                continue
            try:
                chunks.record_leaf(sp, one.file, ONLY, one.journal.known or b"")
            except JitError:
                end.alone.add(one.file)
            else:
                found.append(one)
    return found


def _check_receipts(
    session: Session, space: SpaceId, sealed: dict[FileId, Sealed], end: Ended
) -> None:
    for file, one in sealed.items():
        try:
            handing_over.check_receipt(session, space, file, one)
        except RefusedError as error:
            end.failed[file] = error


def _handed_over(
    session: Session, space: SpaceId, sealed: dict[FileId, Sealed], end: Ended
) -> None:
    def one(at: Place, file: FileId) -> bool:
        return handing_over.within(at, file, sealed[file])

    session.counts.exhibits_out += in_one_act(session, space, list(sealed), one, end)
