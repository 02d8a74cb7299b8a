"""What the tests of transfers share: parts in memory, terms without waiting."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager

from crypto import merkle, partleaf
from protocol.api import files
from protocol.errors import (
    PartCorruptedError,
    SourceChangedError,
)
from protocol.ids import FileId, SpaceId
from sync.api import StoreApi
from sync.ports_transfer import SealedPart
from sync.terms import Control, Progress, Terms
from sync.transfers import (
    DownloadJob,
    UploadJob,
    download,
    upload,
)
from sync.transport import Transport
from tests.sync.partstore import Kept, PartStore

SPACE = SpaceId(b"S" * 16)
FILE = FileId(b"F" * 16)
PARTS = [random.Random(i).randbytes(300_000 + i) for i in range(7)]
JOB = UploadJob(
    space=SPACE,
    file=FILE,
    parts=len(PARTS),
    sealed_bytes=sum(map(len, PARTS)),
    recipients=(b"U" * 16,),
)


class Source:
    """Sealed parts from memory."""

    def __init__(self, parts: list[bytes] = PARTS) -> None:
        self.parts = parts
        self.lock = threading.Lock()
        self.cursor = 0
        self.given: set[int] = set()
        self.behind: list[int] = []
        self.stored: Collection[int] = ()
        self.confirmed: list[int] = []
        self.repeated: list[int] = []
        self.checked: list[int] = []
        self.changes_at = -1

    def begin(self, stored: Collection[int]) -> None:
        with self.lock:
            self.stored, self.cursor = stored, 0
            self.behind = [i for i in sorted(stored) if i not in self.given | set(self.checked)]

    def next(self) -> SealedPart | None:
        with self.lock:
            while self.cursor < len(self.parts) and self.cursor in self.stored:
                self.cursor += 1
            index, self.cursor = self.cursor, self.cursor + 1
            if index >= len(self.parts):
                return None
            if index in self.given:
                self.repeated.append(index)
            self.given.add(index)
        return self._part(index)

    def catch_up(self) -> bool:
        with self.lock:
            if not self.behind:
                return False
            self.checked.append(self.behind.pop(0))
        return True

    def sent(self, index: int) -> None:
        self.confirmed.append(index)

    def root(self) -> bytes:
        return merkle.root(map(partleaf.leaf, self.parts))

    def _part(self, index: int) -> SealedPart:
        if index == self.changes_at:
            raise SourceChangedError("changed")
        data = self.parts[index]
        return SealedPart(index, memoryview(data), partleaf.leaf(data))


class Sink:
    """Keeps parts in memory; refuses those that are not PARTS."""

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.finished = False
        self.settled = False

    def wanted(self) -> Iterator[int]:
        return (i for i in range(len(PARTS)) if i not in self.parts)

    def store(self, index: int, data: memoryview) -> None:
        if data != PARTS[index]:
            raise PartCorruptedError(f"Part {index}")
        self.parts[index] = bytes(data)

    def settle(self) -> None:
        self.settled = True

    def finish(self) -> None:
        self.finished = True


@asynccontextmanager
async def api(store: PartStore) -> AsyncIterator[StoreApi]:
    async with Transport(store.address, store.pin, timeout=120.0) as transport:
        yield StoreApi(transport, lambda nonce, certificate: b"login")


class Waits:
    """Back-off without waiting; remembers how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def terms(
    *,
    lanes: int = 2,
    control: Control | None = None,
    shown: list[Progress] | None = None,
    waits: Waits | None = None,
    patience: int | None = 5,
) -> Terms:
    return Terms(
        clock=time.monotonic,
        jitter=lambda: 0.5,
        sleep=waits or Waits(),
        lanes=lanes,
        patience=patience,
        control=control or Control(),
        progress=(lambda _: None) if shown is None else shown.append,
    )


async def send(store: PartStore, source: Source, with_terms: Terms | None = None) -> bytes:
    async with api(store) as calls:
        return await upload(
            JOB, source, store=calls, line=store.line(), terms=with_terms or terms()
        )


async def fetch(store: PartStore, sink: Sink, with_terms: Terms | None = None) -> None:
    longest = max(map(len, PARTS))
    job = DownloadJob(space=SPACE, file=FILE, parts=len(PARTS), part_bytes=longest)
    async with api(store) as calls:
        await download(job, sink, store=calls, line=store.line(), terms=with_terms or terms())


def kept(store: PartStore) -> list[bytes]:
    return [data for _, data in sorted(store.files[FILE.hex()].parts.items())]


def hold(store: PartStore) -> None:
    """The file is at the store, complete."""
    request = files.AnnounceRequest(
        file=FILE, parts=len(PARTS), sealed_bytes=JOB.sealed_bytes, recipients=JOB.recipients
    )
    store.files[FILE.hex()] = Kept(request, dict(enumerate(PARTS)), files.FileState.COMPLETE)
