"""The stream that wakes this device: opened signed in, read in pieces, closed when left."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import msgspec
import pytest

from protocol.api import accounts, spaces
from protocol.errors import MalformedError, StoreUnreachableError
from protocol.ids import SpaceId
from sync.api import StoreApi
from tests.sync.server import Request
from tests.sync.signing_in import gives, store

pytestmark = pytest.mark.asyncio

SPACE = SpaceId(b"s" * 16)
COUNT = accounts.PrekeyCount(one_time=3, kems=2)
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
WAKE = spaces.Wake(space=SPACE, what="log")


async def _listen(api: StoreApi) -> list[spaces.Wake | spaces.Delivery]:
    async with aclosing(api.events()) as wakes:
        return [wake async for wake in wakes]


async def test_wakes_come_out_of_pieces_cut_anywhere_and_the_first_one_is_the_connection() -> None:
    text = b": hello\n\nevent: wake\ndata: " + msgspec.json.encode(WAKE) + b"\n\n"

    async def stream(_: Request) -> None:
        assert server.raw is not None
        server.raw.write(STREAM)
        for cut in range(0, len(text), 7):
            server.raw.write(text[cut : cut + 7])
            await server.raw.drain()
        server.raw.close()

    async with store(stream) as (server, _, api), aclosing(api.events()) as wakes:
        read = [wake async for wake in wakes]

    assert read == [spaces.Wake(what="connected"), WAKE]


async def test_leaving_the_loop_early_closes_the_line() -> None:
    gone = asyncio.Event()

    async def stream(_: Request) -> None:
        assert server.raw is not None
        server.raw.write(STREAM)
        await server.raw.drain()
        try:
            while True:
                server.raw.write(b":\n")
                await server.raw.drain()
                await asyncio.sleep(0.01)
        except OSError:
            gone.set()
            raise

    async with store(stream) as (server, _, api):
        async with aclosing(api.events()) as wakes:
            async for wake in wakes:
                assert wake == spaces.Wake(what="connected")
                break
        await asyncio.wait_for(gone.wait(), 60)


async def test_a_session_forgotten_before_the_stream_opens_is_renewed() -> None:
    async def stream(_: Request) -> None:
        assert server.raw is not None
        server.raw.write(STREAM)
        server.raw.close()

    async with store(stream) as (server, sessions, api):
        await api.sign_in()
        sessions.valid = "the store restarted"
        async with aclosing(api.events()) as wakes:
            assert [wake async for wake in wakes] == [spaces.Wake(what="connected")]

    assert sessions.issued == 2


async def test_a_stream_that_breaks_is_an_unreachable_store() -> None:
    async def stream(_: Request) -> None:
        assert server.raw is not None
        head = STREAM.replace(b"\r\n\r\n", b"\r\ncontent-length: 99\r\n\r\n")
        server.raw.write(head)
        server.raw.close()

    async with store(stream) as (server, _, api):
        with pytest.raises(StoreUnreachableError):
            await _listen(api)


async def test_what_is_no_event_stream_is_malformed() -> None:
    async with store(gives(COUNT)) as (_, _, api):
        with pytest.raises(MalformedError):
            await _listen(api)
