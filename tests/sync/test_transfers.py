"""Transfers over real TLS against a store that fails on request."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from crypto import merkle
from protocol.api import files
from protocol.errors import (
    ErasedError,
    JitError,
    LimitExceededError,
    MalformedError,
    PartCorruptedError,
    SourceChangedError,
    StoreIdentityError,
    StoreUnreachableError,
)
from protocol.ids import FileId, SpaceId
from protocol.limits import MAX_PART_BYTES
from sync.api import StoreApi
from sync.chunk_io import Bearer, Lane, Line
from sync.errors import NotSignedInError
from sync.ports_transfer import SealedPart
from sync.terms import Control, Progress, Terms
from sync.tls import pinned_context
from sync.transfers import (
    CancelledTransferError,
    DownloadJob,
    UploadJob,
    download,
    upload,
)
from sync.transport import Transport
from tests.sync.partstore import Handler, PartStore, running

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
        self.confirmed: list[int] = []
        self.repeated: list[int] = []
        self.changes_at = -1

    def next(self) -> SealedPart | None:
        with self.lock:
            index, self.cursor = self.cursor, self.cursor + 1
        return self._part(index) if index < len(self.parts) else None

    def again(self, index: int) -> SealedPart:
        self.repeated.append(index)
        return self._part(index)

    def sent(self, index: int) -> None:
        self.confirmed.append(index)

    def root(self) -> bytes:
        return merkle.root(map(merkle.leaf, self.parts))

    def _part(self, index: int) -> SealedPart:
        if index == self.changes_at:
            raise SourceChangedError("changed")
        data = self.parts[index]
        return SealedPart(index, memoryview(data), merkle.leaf(data))


class Sink:
    """Keeps parts in memory; refuses those that are not PARTS."""

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.finished = False

    def wanted(self) -> Iterator[int]:
        return (i for i in range(len(PARTS)) if i not in self.parts)

    def store(self, index: int, data: memoryview) -> None:
        if data != PARTS[index]:
            raise PartCorruptedError(f"Part {index}")
        self.parts[index] = bytes(data)

    def finish(self) -> None:
        self.finished = True


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PartStore]:
    with running(tmp_path) as server:
        yield server


@asynccontextmanager
async def api(store: PartStore) -> AsyncIterator[StoreApi]:
    async with Transport(store.address, store.pin, timeout=10.0) as transport:
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
    job = DownloadJob(space=SPACE, file=FILE, parts=len(PARTS))
    async with api(store) as calls:
        await download(job, sink, store=calls, line=store.line(), terms=with_terms or terms())


def kept(store: PartStore) -> list[bytes]:
    return [data for _, data in sorted(store.files[FILE.hex()].parts.items())]


def hold(store: PartStore) -> None:
    """The file is at the store, complete."""
    from tests.sync.partstore import Kept

    request = files.AnnounceRequest(
        file=FILE, parts=len(PARTS), sealed_bytes=JOB.sealed_bytes, recipients=JOB.recipients
    )
    store.files[FILE.hex()] = Kept(request, dict(enumerate(PARTS)), files.FileState.COMPLETE)


# --- uploads ---------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("lanes", [1, 2, 4])
async def test_every_part_arrives_once_and_the_file_is_complete(
    store: PartStore, lanes: int
) -> None:
    source, shown = Source(), list[Progress]()

    receipt = await send(store, source, terms(lanes=lanes, shown=shown))

    assert receipt == b"receipt"
    assert kept(store) == PARTS
    assert store.count("PUT") == len(PARTS)
    assert sorted(source.confirmed) == list(range(len(PARTS)))
    assert shown[-1] == Progress("done", JOB.sealed_bytes, len(PARTS), len(PARTS))
    assert {p.state for p in shown} == {"opening", "moving", "closing", "done"}


@pytest.mark.asyncio
async def test_parts_the_store_has_are_not_sent_again(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.RECEIVING
    del store.files[FILE.hex()].parts[3]
    source = Source()

    await send(store, source)

    assert store.count("PUT") == 1
    assert sorted(source.confirmed) == list(range(len(PARTS)))


@pytest.mark.asyncio
async def test_a_file_that_is_complete_already_is_only_read(store: PartStore) -> None:
    hold(store)
    source = Source()

    assert await send(store, source) == b"receipt"

    assert store.count("PUT") == 0
    assert source.cursor > len(PARTS)


@pytest.mark.asyncio
@pytest.mark.parametrize("ending", ["/parts/0", "/parts/3", "/parts/6", "/files", "/complete"])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_cut_connection_costs_a_retry_and_nothing_else(
    store: PartStore, ending: str, times: int
) -> None:
    method = "PUT" if "parts" in ending else "POST"
    store.spoil(method, ending, Handler.cut, times)
    source, waits = Source(), Waits()

    assert await send(store, source, terms(waits=waits)) == b"receipt"

    assert kept(store) == PARTS
    assert all(1.0 <= seconds <= 60.0 for seconds in waits.seconds)


@pytest.mark.asyncio
async def test_after_a_lost_link_only_the_missing_parts_are_read_again(store: PartStore) -> None:
    def busy(handler: Handler) -> None:
        handler.body()
        handler.refuse(503, "busy")

    store.spoil("PUT", "/parts/2", busy)
    source = Source()

    await send(store, source, terms(lanes=1))

    assert source.repeated == [2]
    assert store.count("PUT", 200) == len(PARTS)


@pytest.mark.asyncio
async def test_a_busy_store_is_given_the_time_it_asks_for(store: PartStore) -> None:
    def busy(handler: Handler) -> None:
        handler.body()
        handler.refuse(429, "busy", Retry_After="23")

    store.spoil("PUT", "/parts/1", busy)
    waits = Waits()

    await send(store, Source(), terms(waits=waits))

    assert waits.seconds == [23.0]


@pytest.mark.asyncio
async def test_a_part_stored_but_not_confirmed_is_not_sent_twice(store: PartStore) -> None:
    def store_and_cut(handler: Handler) -> None:
        kept = handler.server.files[FILE.hex()]
        kept.parts[4] = handler.body()
        handler.cut()

    store.spoil("PUT", "/parts/4", store_and_cut, times=2)
    source = Source()

    await send(store, source, terms(lanes=1))

    assert kept(store) == PARTS
    assert source.repeated == []
    assert sorted(source.confirmed) == [0, 1, 2, 3, 5, 6]


@pytest.mark.asyncio
async def test_an_expired_sign_in_is_renewed_once_for_all_lanes(store: PartStore) -> None:
    def expire(handler: Handler) -> None:
        handler.server.token = "token-2"
        handler.handle_well()

    store.spoil("PUT", "/parts/2", expire)

    await send(store, Source())

    assert kept(store) == PARTS
    assert store.sign_ins == 2


@pytest.mark.asyncio
async def test_a_device_the_store_does_not_know_any_more_ends_the_upload(
    store: PartStore,
) -> None:
    def forget(handler: Handler) -> None:
        handler.body()
        handler.refuse(401, "not-signed-in")

    store.spoil("PUT", "/parts/2", forget, times=9)

    with pytest.raises(NotSignedInError):
        await send(store, Source())


@pytest.mark.asyncio
async def test_a_refusal_sent_before_the_part_was_read_is_understood(store: PartStore) -> None:
    def refuse_early(handler: Handler) -> None:
        handler.close_connection = True
        handler.refuse(410, "erased", Connection="close")

    store.spoil("PUT", "/parts/0", refuse_early, times=9)

    with pytest.raises((ErasedError, StoreUnreachableError)):
        await send(store, Source(), terms(patience=0))


@pytest.mark.asyncio
async def test_a_file_erased_at_the_store_ends_the_upload(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.ERASED

    with pytest.raises(ErasedError):
        await send(store, Source())


@pytest.mark.asyncio
async def test_a_changed_source_ends_the_upload_and_nothing_is_completed(
    store: PartStore,
) -> None:
    source = Source()
    source.changes_at = 4

    with pytest.raises(SourceChangedError):
        await send(store, source)

    assert store.files[FILE.hex()].state is files.FileState.RECEIVING
    assert 4 not in store.files[FILE.hex()].parts


@pytest.mark.asyncio
async def test_parts_the_store_lost_are_sent_again_before_completing(store: PartStore) -> None:
    def lose(handler: Handler) -> None:
        del handler.server.files[FILE.hex()].parts[5]
        handler.handle_well()

    store.spoil("POST", "/complete", lose)
    source = Source()

    assert await send(store, source) == b"receipt"

    assert kept(store) == PARTS
    assert source.repeated == [5]


@pytest.mark.asyncio
async def test_an_unreachable_store_ends_patience_and_not_before(store: PartStore) -> None:
    store.spoil("PUT", "", Handler.cut, times=99)
    waits = Waits()

    with pytest.raises(StoreUnreachableError):
        await send(store, Source(), terms(waits=waits, patience=3))

    assert len(waits.seconds) == 3


@pytest.mark.asyncio
async def test_another_certificate_gets_no_byte(store: PartStore) -> None:
    async with api(store) as calls:
        stranger = Line("127.0.0.1", store.port, pinned_context(bytes(32)))
        with pytest.raises(StoreIdentityError):
            await upload(JOB, Source(), store=calls, line=stranger, terms=terms())

    assert store.count("PUT", 200) == 0


@pytest.mark.asyncio
async def test_an_answer_about_another_file_is_refused(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].announced = files.AnnounceRequest(
        file=FILE, parts=99, sealed_bytes=1, recipients=JOB.recipients
    )

    with pytest.raises(MalformedError):
        await send(store, Source())


# --- pausing, cancelling ---------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_paused_upload_moves_nothing_and_goes_on_when_resumed(store: PartStore) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def hold_back(handler: Handler) -> None:
        arrived.set()
        go_on.wait(20)
        handler.handle_well()

    store.spoil("PUT", "/parts/3", hold_back)
    control, paused = Control(), asyncio.Event()
    source = Source()

    def show(progress: Progress) -> None:
        if progress.state == "paused":
            paused.set()

    conditions = replace(terms(control=control), progress=show)
    running_upload = asyncio.ensure_future(send(store, source, conditions))
    await asyncio.to_thread(arrived.wait, 20)

    control.pause()
    async with asyncio.timeout(20):
        await paused.wait()
    seen = store.count("PUT")
    assert not running_upload.done()
    go_on.set()
    control.resume()

    assert await running_upload == b"receipt"
    assert seen < len(PARTS)
    assert kept(store) == PARTS


@pytest.mark.asyncio
async def test_a_cancelled_upload_stops_its_lanes_at_once(store: PartStore) -> None:
    arrived, release = threading.Event(), threading.Event()

    def hold_back(handler: Handler) -> None:
        arrived.set()
        release.wait(20)
        handler.cut()

    store.spoil("PUT", "/parts/1", hold_back, times=9)
    control = Control()
    running_upload = asyncio.ensure_future(send(store, Source(), terms(control=control)))
    await asyncio.to_thread(arrived.wait, 20)

    control.cancel()
    with pytest.raises(CancelledTransferError):
        async with asyncio.timeout(5):
            await running_upload

    release.set()
    assert not [t for t in threading.enumerate() if t.name.startswith("lane")]


@pytest.mark.asyncio
async def test_a_cancelled_task_leaves_no_thread_behind(store: PartStore) -> None:
    arrived, release = threading.Event(), threading.Event()

    def hold_back(handler: Handler) -> None:
        arrived.set()
        release.wait(20)
        handler.cut()

    store.spoil("PUT", "/parts/1", hold_back, times=9)
    task = asyncio.ensure_future(send(store, Source()))
    await asyncio.to_thread(arrived.wait, 20)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(5):
            await task

    release.set()
    assert not [t for t in threading.enumerate() if t.name.startswith("lane")]


@pytest.mark.asyncio
async def test_what_was_asked_before_the_start_holds(store: PartStore) -> None:
    control = Control()
    control.cancel()

    with pytest.raises(CancelledTransferError):
        await send(store, Source(), terms(control=control))

    assert store.count("PUT") == 0


# --- downloads -------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("lanes", [1, 2, 4])
async def test_every_part_is_fetched_once_and_the_whole_is_checked(
    store: PartStore, lanes: int
) -> None:
    hold(store)
    sink, shown = Sink(), list[Progress]()

    await fetch(store, sink, terms(lanes=lanes, shown=shown))

    assert [data for _, data in sorted(sink.parts.items())] == PARTS
    assert sink.finished
    assert store.count("GET") == len(PARTS)
    assert shown[-1] == Progress("done", JOB.sealed_bytes, len(PARTS), len(PARTS))


@pytest.mark.asyncio
async def test_parts_kept_by_an_earlier_run_are_not_fetched(store: PartStore) -> None:
    hold(store)
    sink = Sink()
    sink.parts = {0: PARTS[0], 5: PARTS[5]}

    await fetch(store, sink)

    assert store.count("GET") == len(PARTS) - 2
    assert sink.finished


@pytest.mark.asyncio
@pytest.mark.parametrize("times", [1, 3])
async def test_a_part_cut_off_in_the_middle_is_fetched_again(store: PartStore, times: int) -> None:
    def cut_middle(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(PARTS[2])))
        handler.end_headers()
        handler.wfile.write(PARTS[2][:100_000])
        handler.cut()

    hold(store)
    store.spoil("GET", "/parts/2", cut_middle, times)
    sink = Sink()

    await fetch(store, sink)

    assert sink.parts[2] == PARTS[2]
    assert sink.finished


@pytest.mark.asyncio
async def test_an_altered_part_ends_the_download_and_is_not_asked_for_again(
    store: PartStore,
) -> None:
    hold(store)
    store.files[FILE.hex()].parts[3] = PARTS[3][:-1] + b"\0"
    sink = Sink()

    with pytest.raises(PartCorruptedError):
        await fetch(store, sink)

    assert not sink.finished
    assert 3 not in sink.parts
    assert sum(1 for _, path, _ in store.log if path.endswith("/parts/3")) == 1


@pytest.mark.asyncio
async def test_a_file_still_arriving_is_waited_for(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.RECEIVING

    class Complete(Waits):
        async def __call__(self, seconds: float) -> None:
            store.files[FILE.hex()].state = files.FileState.COMPLETE
            await super().__call__(seconds)

    sink = Sink()

    await fetch(store, sink, terms(waits=Complete()))

    assert sink.finished


@pytest.mark.asyncio
async def test_an_erased_file_ends_the_download(store: PartStore) -> None:
    hold(store)
    store.files[FILE.hex()].state = files.FileState.ERASED

    with pytest.raises(ErasedError):
        await fetch(store, Sink())


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("headers", "content", "expected"),
    [
        ({"Content-Length": str(MAX_PART_BYTES + 1)}, b"", LimitExceededError),
        ({"Transfer-Encoding": "chunked"}, b"0\r\n\r\n", MalformedError),
        ({"Content-Length": "3", "Content-Encoding": "gzip"}, b"abc", MalformedError),
    ],
    ids=["too long", "no length", "compressed"],
)
async def test_a_reply_that_could_fill_memory_is_refused(
    store: PartStore, headers: dict[str, str], content: bytes, expected: type[JitError]
) -> None:
    def swell(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(content)

    hold(store)
    store.spoil("GET", "/parts/0", swell, times=9)

    with pytest.raises(expected):
        await fetch(store, Sink())


@pytest.mark.asyncio
async def test_a_redirection_is_not_followed(store: PartStore) -> None:
    hold(store)
    store.spoil("GET", "/parts/0", lambda h: h.answer(302, Location="https://example.org/"), 9)

    with pytest.raises(MalformedError):
        await fetch(store, Sink())


# --- one lane --------------------------------------------------------------------------------


def test_a_kept_connection_the_store_closed_is_opened_anew(store: PartStore) -> None:
    hold(store)
    lane = Lane(store.line(), Bearer(lambda _: store.token), lambda _: None)
    buffer = memoryview(bytearray(MAX_PART_BYTES))
    path = f"/v1/spaces/{SPACE.hex()}/files/{FILE.hex()}/parts/"

    def answer_and_hang_up(handler: Handler) -> None:
        handler.close_connection = True  # without saying so
        handler.answer(200, PARTS[0])

    store.spoil("GET", "/parts/0", answer_and_hang_up)
    lengths = [lane.get(path + "0", buffer), lane.get(path + "1", buffer)]
    lane.close()

    assert lengths == [len(PARTS[0]), len(PARTS[1])]
    assert buffer[: lengths[1]] == PARTS[1]


def test_an_aborted_lane_sends_nothing_any_more(store: PartStore) -> None:
    lane = Lane(store.line(), Bearer(lambda _: store.token), lambda _: None)
    lane.abort()

    with pytest.raises(StoreUnreachableError):
        lane.put("/v1/x/parts/0", memoryview(b"part"), bytes(32))

    assert store.log == []


def test_a_token_is_renewed_once_however_many_lanes_find_it_stale() -> None:
    fetched: list[str | None] = []

    def fetch_token(stale: str | None) -> str:
        fetched.append(stale)
        return f"token {len(fetched)}"

    bearer = Bearer(fetch_token)
    first = bearer.token()

    assert bearer.replace(first) == bearer.replace(first) == bearer.token() == "token 2"
    assert fetched == [None, "token 1"]
