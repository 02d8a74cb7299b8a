"""The store is known by its pinned certificate, and by nothing else (A-store, F12)."""

from __future__ import annotations

import asyncio
import http.client
import ssl

import pytest

from protocol.errors import BugError, StoreIdentityError, StoreUnreachableError
from sync.tls import pinned_context
from sync.transport import Transport
from tests.sync.server import Reply, Request, identity, serving

pytestmark = pytest.mark.asyncio


async def _ok(_: Request) -> Reply:
    return Reply(body=b"{}")


def _get(address: str, context: ssl.SSLContext) -> int:
    host, _, port = address.partition(":")
    connection = http.client.HTTPSConnection(host, int(port), context=context, timeout=60)
    try:
        connection.request("GET", "/v1/server", headers={"Authorization": "Bearer secret"})
        return connection.getresponse().status
    finally:
        connection.close()


async def test_the_pinned_store_is_reached_by_both_clients() -> None:
    async with serving(_ok) as server, Transport(server.address, server.pin, timeout=60) as line:
        await line.request("GET", "/v1/server")
        status = await asyncio.to_thread(_get, server.address, pinned_context(server.pin))

    assert status == 200
    assert server.paths() == ["GET /v1/server", "GET /v1/server"]


async def test_another_certificate_gets_no_byte_of_a_request_from_httpx() -> None:
    async with (
        serving(_ok, who=identity("impostor")) as server,
        Transport(server.address, identity("store").pin, timeout=60) as line,
    ):
        with pytest.raises(StoreIdentityError):
            await line.request("POST", "/v1/sessions", token="secret")

    assert server.bytes_in == 0
    assert server.requests == []


async def test_another_certificate_gets_no_byte_of_a_request_from_http_client() -> None:
    async with serving(_ok, who=identity("impostor")) as server:
        context = pinned_context(identity("store").pin)

        with pytest.raises(StoreIdentityError):
            await asyncio.to_thread(_get, server.address, context)

    assert server.bytes_in == 0
    assert server.requests == []


async def test_one_wrong_bit_in_the_pin_is_another_store() -> None:
    pin = bytearray(identity().pin)
    pin[31] ^= 1

    async with serving(_ok) as server, Transport(server.address, bytes(pin), timeout=60) as line:
        with pytest.raises(StoreIdentityError):
            await line.request("GET", "/v1/server")

    assert server.bytes_in == 0


async def test_every_new_connection_is_checked_again() -> None:
    async with serving(_ok) as first, Transport(first.address, first.pin, timeout=60) as line:
        await line.request("GET", "/v1/server")
        port = int(first.address.rpartition(":")[2])
        line_to_other = Transport(f"127.0.0.1:{port}", identity("other").pin, timeout=60)

        with pytest.raises(StoreIdentityError):
            await line_to_other.request("GET", "/v1/server")
        await line_to_other.aclose()

    assert first.paths() == ["GET /v1/server"]


async def test_tls_older_than_1_3_is_not_spoken() -> None:
    async with (
        serving(_ok, newest=ssl.TLSVersion.TLSv1_2) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        with pytest.raises(StoreUnreachableError):
            await line.request("GET", "/v1/server")

    assert server.bytes_in == 0


async def test_a_pin_of_another_length_is_our_bug() -> None:
    with pytest.raises(BugError):
        pinned_context(b"short")
