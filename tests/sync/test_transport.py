"""Replies are limited while they are read, read strictly, and come from the store alone."""

from __future__ import annotations

import asyncio
import logging

import pytest

from protocol.api import paths
from protocol.api.accounts import PrekeyCount, PrekeyUpload
from protocol.errors import (
    BadInputError,
    JitError,
    LimitExceededError,
    MalformedError,
    StoreUnreachableError,
)
from sync.transport import Transport
from tests.sync.server import Answer, Reply, Request, json, serving

pytestmark = pytest.mark.asyncio

COUNT = PrekeyCount(one_time=100, kems=20)


def always(reply: Reply) -> Answer:
    async def answer(_: Request) -> Reply:
        return reply

    return answer


async def ask(answer: Answer, *, limit: int = 1000) -> PrekeyCount:
    async with serving(answer) as server, Transport(server.address, server.pin, timeout=60) as line:
        return await line.request("GET", paths.PREKEYS, reply=PrekeyCount, limit=limit)


async def refusal(answer: Answer) -> JitError:
    with pytest.raises(JitError) as caught:
        await ask(answer)
    return caught.value


async def test_a_request_carries_json_token_and_query_and_asks_for_no_compression() -> None:
    upload = PrekeyUpload(signed=b"signed")

    async with (
        serving(always(json(COUNT))) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        got = await line.request(
            "PUT",
            f"{paths.PREKEYS}?after=7",
            body=upload,
            reply=PrekeyCount,
            token="abc",
        )

    request = server.requests[0]
    assert got == COUNT
    assert request.token == "abc"
    assert request.query == {"after": "7"}
    assert request.body == b'{"signed":"c2lnbmVk","one_time":[],"kems":[]}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"


async def test_connections_are_used_again() -> None:
    async with (
        serving(always(json(COUNT))) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        for _ in range(5):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)

    assert server.connections == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b'{"one_time":1}',
        b'{"one_time":1,"kems":2,"more":3}',
        b'{"one_time":"1","kems":2}',
        b'{"one_time":1,"kems":2}{}',
        b'{"one_time":1,"kems":' + b"[" * 900,
        b'{"one_time":1,"kems":2,"\xff":1}',
    ],
)
async def test_a_reply_that_is_not_exactly_the_promised_one_is_malformed(body: bytes) -> None:
    error = await refusal(always(Reply(body=body)))

    assert type(error) is MalformedError


async def test_an_announced_oversize_is_refused_before_its_first_byte() -> None:
    async def announce(_: Request) -> None:
        assert server.raw is not None
        server.raw.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n")

    async with serving(announce) as server:
        line = Transport(server.address, server.pin, timeout=60)

        with pytest.raises(LimitExceededError):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount, limit=1000)
        await line.aclose()


async def test_an_endless_reply_is_left_at_the_limit() -> None:
    sent = 0

    async def flood(_: Request) -> None:
        nonlocal sent
        writer = server.raw
        assert writer is not None
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while sent < 64 * 1024 * 1024:
            writer.write(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
            sent += 0x2000
            await writer.drain()
        writer.close()

    async with serving(flood) as server:
        line = Transport(server.address, server.pin, timeout=60)

        with pytest.raises(LimitExceededError):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount, limit=100_000)
        await line.aclose()

    assert sent < 64 * 1024 * 1024


async def test_a_reply_of_exactly_the_limit_is_read() -> None:
    body = b'{"one_time":1,"kems":2}'

    got = await ask(always(Reply(body=body)), limit=len(body))

    assert got == PrekeyCount(one_time=1, kems=2)
    with pytest.raises(LimitExceededError):
        await ask(always(Reply(body=body)), limit=len(body) - 1)


async def test_a_compressed_reply_is_refused() -> None:
    error = await refusal(always(Reply(body=b"x", headers={"content-encoding": "gzip"})))

    assert type(error) is MalformedError


async def test_a_redirection_is_not_followed() -> None:
    async with serving(
        always(Reply(status=307, headers={"location": "https://example.invalid/"}))
    ) as server:
        line = Transport(server.address, server.pin, timeout=60)

        with pytest.raises(MalformedError):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)
        await line.aclose()

    assert len(server.requests) == 1


async def test_no_listener_and_a_broken_line_are_an_unreachable_store() -> None:
    async def cut(_: Request) -> None:
        server.hang_up()

    async with serving(cut) as server:
        line = Transport(server.address, server.pin, timeout=60)
        with pytest.raises(StoreUnreachableError):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)

    with pytest.raises(StoreUnreachableError):
        await line.request("GET", paths.PREKEYS, reply=PrekeyCount)
    await line.aclose()


async def test_silence_beyond_the_timeout_is_an_unreachable_store() -> None:
    release = asyncio.Event()

    async def silent(_: Request) -> Reply:
        await release.wait()
        return json(COUNT)

    async with serving(silent) as server:
        line = Transport(server.address, server.pin, timeout=0.2)
        with pytest.raises(StoreUnreachableError):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)
        release.set()
        await line.aclose()


async def test_a_store_that_drips_its_reply_is_given_up() -> None:
    """Each byte comes in time for the read timeout; all of them together never end."""

    async def drip(_: Request) -> None:
        writer = server.raw
        assert writer is not None
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as server:
        line = Transport(server.address, server.pin, timeout=3)
        with pytest.raises(StoreUnreachableError, match="too slowly"):
            await line.request("GET", paths.PREKEYS, reply=PrekeyCount)
        await line.aclose()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "host",
        "host:",
        ":8443",
        "a:b@host:1",
        "host:1/x",
        "host:1?x",
        "ho st:1",
        "host:99999999",
    ],
)
async def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(BadInputError):
        Transport(address, bytes(32), timeout=1)


@pytest.mark.parametrize("address", ["store.example:443", "[::1]:8443", "127.0.0.1:1"])
async def test_names_and_both_kinds_of_numbers_are_addresses(address: str) -> None:
    Transport(address, bytes(32), timeout=1)


async def test_tokens_reach_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async with (
        serving(always(json(COUNT))) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        await line.request("GET", paths.PREKEYS, reply=PrekeyCount, token="canary-token")

    assert "canary" not in caplog.text
    assert paths.PREKEYS not in caplog.text
