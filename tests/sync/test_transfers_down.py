"""Downloads over real TLS from a store that fails on request."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.api import files
from protocol.errors import (
    ErasedError,
    JitError,
    LimitExceededError,
    MalformedError,
    PartCorruptedError,
)
from protocol.limits import MAX_PART_BYTES
from sync.terms import Progress
from tests.sync.moving import (
    FILE,
    JOB,
    PARTS,
    Sink,
    Waits,
    fetch,
    hold,
    terms,
)
from tests.sync.partstore import Handler, PartStore, running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PartStore]:
    with running(tmp_path) as server:
        yield server


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
async def test_a_part_longer_than_any_the_manifest_has_is_refused(store: PartStore) -> None:
    hold(store)
    sink = Sink()
    longest = max(PARTS, key=len)
    store.files[FILE.hex()].parts[0] = longest + b"!"

    with pytest.raises(LimitExceededError):
        await fetch(store, sink)

    assert 0 not in sink.parts
    assert not sink.finished


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
    assert sink.settled
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
