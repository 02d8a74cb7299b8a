"""F09: a line that is dead at the other end and does not know it: no end, no reset, no bytes.

A relay between client and a real store stops carrying what it holds, as a gateway does that was
switched off or forgot its connections; new connections it carries. How long the client waits is
set by the test, never measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from crypto import signatures
from protocol import invitation
from protocol.api.spaces import Wake
from protocol.errors import StoreUnreachableError
from protocol.receipts import Login
from sync import transport
from sync.api import StoreApi
from sync.transport import Transport
from tests.centralstore.client import enrolment, known_as
from tests.support.store import StoreHandle, running_store

pytestmark = pytest.mark.asyncio

PATIENT, SHORT, HEARD = 120.0, 0.1, 10.0
"""Seconds of silence: for a line that lives, for one known to be dead, and for a stream."""


class Gateway:
    """Carries bytes until it forgets the connections that it has."""

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = host, int(port)
        self._alive: list[asyncio.Event] = []
        self._held: list[asyncio.StreamWriter] = []
        self.address = ""
        self.connections = 0

    def forget(self) -> None:
        """Nothing goes on over what is open now; nobody is told."""
        for one in self._alive:
            one.clear()
        self._alive.clear()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Gateway]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for one in self._held:
                one.transport.abort()

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.connections += 1
        far, there = await asyncio.open_connection(*self._target)
        alive = asyncio.Event()
        alive.set()
        self._alive.append(alive)
        self._held += [back, there]
        ways = (_carry(near, there, alive), _carry(far, back, alive))
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(*ways)


async def _carry(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, alive: asyncio.Event
) -> None:
    while data := await source.read(65_536):
        if not alive.is_set():
            return  # taken, as a window takes it, and gone
        target.write(data)
    if alive.is_set():
        target.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreHandle]:
    with running_store(tmp_path_factory.mktemp("half-open")) as store:
        yield store


@dataclass
class Side:
    """A client that is signed in through the gateway; `wait` is how long it waits for bytes."""

    gateway: Gateway
    line: Transport
    api: StoreApi

    def waits(self, seconds: float) -> None:
        self.line._timeout = seconds


@asynccontextmanager
async def through_a_gateway(store: StoreHandle, name: str) -> AsyncIterator[Side]:
    text = store.invite(name)
    person = known_as(text, name)
    pin = invitation.from_text(text).certificate

    def sign(nonce: bytes, certificate: bytes) -> bytes:
        login = Login(version=1, device=person.device, nonce=nonce, certificate=certificate)
        return signatures.sign(person.dsk, person.device, login)

    async with (
        Gateway(store.address).serving() as gateway,
        Transport(gateway.address, pin, timeout=PATIENT) as line,
    ):
        api = StoreApi(line, sign)
        await api.enrol(enrolment(text, person))
        await api.prekey_count()
        yield Side(gateway, line, api)


async def test_a_request_on_a_dead_line_ends_and_the_next_goes_on_a_line_that_lives(
    running: StoreHandle,
) -> None:
    async with through_a_gateway(running, "Ana Lima") as side:
        side.gateway.forget()
        before = side.gateway.connections

        side.waits(SHORT)
        with suppress(StoreUnreachableError):  # or it went over another line by itself
            await side.api.prekey_count()
        side.waits(PATIENT)
        count = await side.api.prekey_count()

        assert count.one_time >= 0
        assert side.gateway.connections > before, "the dead line is not used again"


async def test_a_stream_on_a_dead_line_ends_and_the_next_one_hears_what_comes(
    running: StoreHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with through_a_gateway(running, "Bo Berg") as side:
        monkeypatch.setattr(transport, "_STREAM_READ_SECONDS", HEARD)
        async with aclosing(side.api.events()) as stream:
            assert await anext(stream) == Wake(what="connected")
            side.gateway.forget()

            with pytest.raises(StoreUnreachableError):
                await anext(stream)

        monkeypatch.setattr(transport, "_STREAM_READ_SECONDS", PATIENT)
        async with aclosing(side.api.events()) as stream:
            assert await anext(stream) == Wake(what="connected")
