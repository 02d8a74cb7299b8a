"""What a transfer asks beside its parts goes the parts' way, and is checked as strictly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from protocol.api import files
from protocol.errors import LimitExceededError, MalformedError, NotFoundError, NotSignedInError
from sync.filecalls import FileCalls
from tests.sync.moving import FILE, JOB, PARTS, SPACE, Source, api, hold
from tests.sync.partstore import Handler, PartStore, running

pytestmark = pytest.mark.asyncio

ANNOUNCED = files.AnnounceRequest(
    file=FILE, parts=len(PARTS), sealed_bytes=JOB.sealed_bytes, recipients=JOB.recipients
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PartStore]:
    with running(tmp_path) as server:
        yield server


async def test_all_of_them_share_one_connection(store: PartStore) -> None:
    line = store.line()
    async with api(store) as session:
        await session.token()
        before, calls = store.connections, FileCalls(line, session)

        announced = await calls.announce(SPACE, ANNOUNCED)
        state = await calls.state(SPACE, FILE, len(PARTS))
        await calls.prove(SPACE, FILE, b"proof")

    assert announced == state
    assert store.files[FILE.hex()].announced == ANNOUNCED
    assert store.files[FILE.hex()].proofs == [b"proof"]
    assert store.connections == before + 1


async def test_a_receipt_comes_back_as_it_was_sent(store: PartStore) -> None:
    hold(store)
    line = store.line()
    async with api(store) as session:
        from_store = await FileCalls(line, session).complete(SPACE, FILE, Source().root())

    assert from_store == b"receipt"


async def test_a_forgotten_session_is_renewed_once_and_then_believed(store: PartStore) -> None:
    line = store.line()
    async with api(store) as session:
        calls = FileCalls(line, session)
        await calls.announce(SPACE, ANNOUNCED)
        signed_in, store.token = store.sign_ins, "token-2"

        await calls.prove(SPACE, FILE, b"proof")
        assert store.sign_ins == signed_in + 1
        store.spoil("GET", FILE.hex(), lambda h: h.refuse(401, "not-signed-in"), times=2)
        with pytest.raises(NotSignedInError):
            await calls.state(SPACE, FILE, len(PARTS))

    assert store.sign_ins == signed_in + 2


async def test_a_connection_cut_meanwhile_is_opened_anew(store: PartStore) -> None:
    line = store.line()
    async with api(store) as session:
        calls = FileCalls(line, session)
        await calls.announce(SPACE, ANNOUNCED)
        store.spoil("POST", "/verified", Handler.cut)

        await calls.prove(SPACE, FILE, b"proof")

    assert store.files[FILE.hex()].proofs == [b"proof"]


@pytest.mark.parametrize("announced", [True, False])
async def test_a_few_parts_get_no_long_reply(store: PartStore, announced: bool) -> None:
    line = store.line()

    def long(handler: Handler) -> None:
        handler.close_connection = True
        handler.send_response(200)
        if announced:
            handler.send_header("Content-Length", "10000000")
        handler.end_headers()
        handler.wfile.write(bytes(100_000))

    async with api(store) as session:
        calls = FileCalls(line, session)
        await calls.announce(SPACE, ANNOUNCED)
        store.spoil("GET", FILE.hex(), long, times=2)
        with pytest.raises(LimitExceededError):
            await calls.state(SPACE, FILE, len(PARTS))


async def test_what_is_no_reply_and_what_is_compressed_is_refused(store: PartStore) -> None:
    line = store.line()
    squeezed = msgspec.json.encode(files.ProofRequest(proof=b"p"))
    async with api(store) as session:
        calls = FileCalls(line, session)
        await calls.announce(SPACE, ANNOUNCED)
        store.spoil("GET", FILE.hex(), lambda h: h.answer(200, squeezed))
        with pytest.raises(MalformedError):
            await calls.state(SPACE, FILE, len(PARTS))
        store.spoil("GET", FILE.hex(), lambda h: h.answer(200, b"{}", Content_Encoding="gzip"))
        with pytest.raises(MalformedError):
            await calls.state(SPACE, FILE, len(PARTS))
        store.spoil("GET", FILE.hex(), lambda h: h.refuse(404, "not-found"))
        with pytest.raises(NotFoundError):
            await calls.state(SPACE, FILE, len(PARTS))


async def test_nobody_waits_for_a_silent_store_once_the_asker_is_gone(store: PartStore) -> None:
    """The thread ends, and its connection, which owes a reply, serves nobody else."""
    line, heard, go = store.line(timeout=600.0), asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def silent(handler: Handler) -> None:
        loop.call_soon_threadsafe(heard.set)
        go.wait()
        handler.cut()

    async with api(store) as session:
        calls = FileCalls(line, session)
        await calls.announce(SPACE, ANNOUNCED)
        store.spoil("GET", FILE.hex(), silent)
        asked = loop.create_task(calls.state(SPACE, FILE, len(PARTS)))
        await heard.wait()
        asked.cancel()
        await asyncio.wait((asked,))

    assert asked.cancelled()
    await asyncio.to_thread(store.end_lines)  # it would stand here for 600 s
    assert line.kept.take() is None
    go.set()
