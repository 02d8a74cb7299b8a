"""Running an upload or a download: the machine decides, lanes in threads move the parts.

    await upload(job, source, store=api, line=line, ...)
    await download(job, sink, store=api, line=line, ...)

Both return when everything is where it belongs and raise what ended them otherwise. They hold one
part per lane in memory, whatever the file's size. Spec: docs/protocol/50-files.md §50.6, §50.7.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from protocol.api import paths
from protocol.api.files import AnnounceRequest, FileReply, FileState
from protocol.errors import ErasedError, MalformedError
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_PART_BYTES
from sync.chunk_io import Lane
from sync.errors import ConflictError
from sync.filecalls import FileCalls
from sync.line import Line
from sync.machines import download as download_machine
from sync.machines import upload as upload_machine
from sync.ports_transfer import PartSink, PartSource, Tokens
from sync.running import Run
from sync.terms import (
    LANES_DOWN,
    CancelledTransferError,
    Control,
    NotReadyYetError,
    Progress,
    Terms,
)

_PARTS_MISSING: Final = "parts-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadJob:
    """What is uploaded: the lengths the store may know, and whom the file is for."""

    space: SpaceId
    file: FileId
    parts: int
    sealed_bytes: int
    recipients: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadJob:
    """What is downloaded; `parts` and the bytes of the longest as the signed manifest says."""

    space: SpaceId
    file: FileId
    parts: int
    part_bytes: int = MAX_PART_BYTES


async def upload(
    job: UploadJob, source: PartSource, *, store: Tokens, line: Line, terms: Terms
) -> bytes:
    """Send every part the store does not have and complete the file.

    Args:
        job: what is announced.
        source: gives the sealed parts; a new one for every call.
        store: the session there.
        line: how the lanes reach it.
        terms: lanes, patience, clock, jitter, control and progress.

    Returns:
        The store's `StoreSigned` StoreReceipt, unverified.

    Raises:
        SourceChangedError: the file changed; seal it anew under a new key.
        ErasedError: the store has erased it (withdrawn, closed).
        StoreUnreachableError: patience is at its end; call again later with a new source.
        CancelledTransferError: by `Control.cancel`.
        JitError: the store's refusal.
    """
    work = _Upload(job, source, FileCalls(line, store))
    await Run(work, upload_machine.step, store, line, terms).finish()
    return work.receipt


async def download(
    job: DownloadJob, sink: PartSink, *, store: Tokens, line: Line, terms: Terms
) -> None:
    """Fetch every part the sink wants and let it verify the whole.

    Raises:
        PartCorruptedError, HashMismatchError: a check failed; recorded by the caller, not retried.
        ErasedError: the store does not have it any more.
        StoreUnreachableError: patience is at its end; what was kept stays kept.
        CancelledTransferError: by `Control.cancel`.
        JitError: the store's refusal.
    """
    terms = replace(terms, lanes=min(terms.lanes, LANES_DOWN))
    try:
        work = _Download(job, sink, FileCalls(line, store))
        await Run(work, download_machine.step, store, line, terms).finish()
    finally:
        await asyncio.to_thread(sink.settle)


class _Upload:
    """The work of an upload, for `Run`."""

    def __init__(self, job: UploadJob, source: PartSource, store: FileCalls) -> None:
        self.parts: Final = job.parts
        self._job = job
        self._source = source
        self._store = store
        self._lock = threading.Lock()
        self._stored: set[int] = set()
        self.receipt = b""

    @property
    def done(self) -> int:
        return len(self._stored)

    async def open(self) -> None:
        request = AnnounceRequest(
            file=self._job.file,
            parts=self._job.parts,
            sealed_bytes=self._job.sealed_bytes,
            recipients=self._job.recipients,
        )
        reply = _checked(await self._store.announce(self._job.space, request), self._job)
        whole = reply.state is FileState.COMPLETE
        self._stored = set(range(self._job.parts) if whole else reply.stored)
        await asyncio.to_thread(self._source.begin, frozenset(self._stored))

    def lane(self, lane: Lane) -> Iterator[None]:
        """Move parts until none is left; yields after each."""
        while (part := self._source.next()) is not None:
            path = paths.part(self._job.space, self._job.file, part.index)
            lane.put(path, part.data, part.leaf)
            with self._lock:
                self._stored.add(part.index)
            self._source.sent(part.index)
            yield
        yield from self.beside()

    @property
    def aside(self) -> bool:
        """A single part that was not sent yet is hashed by whoever seals it."""
        return self.parts > 1 or bool(self._stored)

    def beside(self) -> Iterator[None]:
        """Hash what an earlier run has sent while the lanes go on with what is missing."""
        while self._source.catch_up():
            yield

    async def close(self) -> None:
        root = await asyncio.to_thread(self._source.root)
        try:
            self.receipt = await self._store.complete(self._job.space, self._job.file, root)
        except ConflictError as error:
            if error.reason != _PARTS_MISSING:
                raise
            raise NotReadyYetError("The store lacks parts it had confirmed.") from error


class _Download:
    """The work of a download, for `Run`."""

    def __init__(self, job: DownloadJob, sink: PartSink, store: FileCalls) -> None:
        self.parts: Final = job.parts
        self._job = job
        self._sink = sink
        self._store = store
        self._lock = threading.Lock()
        self._wanted: Iterator[int] = iter(())
        self._missing = job.parts

    @property
    def done(self) -> int:
        return self.parts - self._missing

    async def open(self) -> None:
        wanted = await asyncio.to_thread(self._what_is_wanted)
        self._missing = len(wanted)
        self._wanted = iter(wanted)
        if not wanted:
            return  # what is left to do needs no store, which may have erased it meanwhile
        state = await self._store.state(self._job.space, self._job.file, self._job.parts)
        if _checked(state, self._job).state is FileState.RECEIVING:
            raise NotReadyYetError("The store does not have the whole exhibit yet.")

    def _what_is_wanted(self) -> list[int]:
        self._sink.settle()  # what an attempt before this one was still writing
        return list(self._sink.wanted())

    def lane(self, lane: Lane) -> Iterator[None]:
        """Move parts until none is left; yields after each."""
        buffer = None
        while True:
            with self._lock:
                index = next(self._wanted, None)
            if index is None:
                return
            # Clearing room for the longest part there may be takes longer than a small file.
            buffer = buffer or memoryview(bytearray(self._job.part_bytes))
            path = paths.part(self._job.space, self._job.file, index)
            length = lane.get(path, buffer)
            self._sink.store(index, buffer[:length])
            with self._lock:
                self._missing -= 1
            yield

    @property
    def aside(self) -> bool:
        """Nothing: the sink hashes as parts arrive."""
        return False

    def beside(self) -> Iterator[None]:
        return iter(())

    async def close(self) -> None:
        await asyncio.to_thread(self._sink.finish)


def _checked(reply: FileReply, job: UploadJob | DownloadJob) -> FileReply:
    """A reply about this very file, not erased."""
    if reply.file != job.file or reply.parts != job.parts:
        raise MalformedError("The store answered about another file.")
    if reply.state is FileState.ERASED:
        raise ErasedError("The store has erased this exhibit.")
    return reply


__all__ = [
    "CancelledTransferError",
    "Control",
    "DownloadJob",
    "Line",
    "Progress",
    "Terms",
    "UploadJob",
    "download",
    "upload",
]
