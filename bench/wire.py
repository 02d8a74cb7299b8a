"""One kept connection and the two languages spoken over it: the store's, and a Matrix homeserver's.

Both send a sealed body of the same size and wait for what others sent over a second connection.
What is sent is sealed nowhere: neither server can tell, and cryptography is measured elsewhere.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import ssl
import time
from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import quote

import msgspec

from protocol.api import paths
from protocol.api.spaces import AckRequest, Delivery, MailboxReply, PostMessageRequest, Wake
from protocol.envelope import Envelope, EnvelopeKind
from protocol.ids import DeviceId, EnvelopeId, MailboxId, SpaceId, mailbox_id
from protocol.limits import MAX_MAILBOX_PAGE
from sync.errand import ANSWER_SECONDS
from sync.eventstream import EventParser
from sync.pushed import Pushed

ENVELOPE_BYTES: Final = 300
_FILTER: Final = json.dumps(
    {
        "presence": {"not_types": ["*"]},
        "account_data": {"not_types": ["*"]},
        "room": {
            "timeline": {"limit": 100},
            "state": {"lazy_load_members": True},
            "ephemeral": {"not_types": ["*"]},
        },
    },
    separators=(",", ":"),
)


class RefusedError(Exception):
    """The server answered with another status than the one that means yes."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in device or user, its space or room, and whom it writes to there."""

    token: str
    device: bytes
    space: bytes
    to: tuple[bytes, ...]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a server listens, and what it speaks: `jitstore` over TLS, or `matrix` in clear."""

    host: str
    port: int
    kind: str = "jitstore"


class Wire:
    """One connection, kept open; HTTP/1.1 with content lengths and nothing else."""

    def __init__(self, place: Place, tls: ssl.SSLContext | None, token: str) -> None:
        self._where, self._tls = (place.host, place.port), tls
        self._head = (
            f" HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n"
            "content-type: application/json\r\ncontent-length: "
        )
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The connection, made now if there is none."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._where, ssl=self._tls, limit=2**24)
        return self._streams

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of one request."""
        reader, writer = await self.open()
        writer.write(f"{method} {path}{self._head}{len(body)}\r\n\r\n".encode() + body)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        status = int(lines[0].split(b" ", 2)[1])
        if b"transfer-encoding: chunked" in lines:
            return status, await _chunks(reader)
        length = next((int(x[15:]) for x in lines if x.startswith(b"content-length:")), 0)
        return status, await reader.readexactly(length) if length else b""

    async def want(self, status: int, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of an answer that has to have this status."""
        got, answer = await self.ask(method, path, body)
        if got != status:
            raise RefusedError(f"{method} {path.partition('?')[0].rsplit('/', 1)[-1]} {got}")
        return answer

    async def listen(self) -> asyncio.StreamReader:
        """Open the event stream on this connection, which then carries nothing else."""
        reader, writer = await self.open()
        writer.write(f"GET {paths.EVENTS}{self._head}0\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RefusedError("GET events")
        return reader

    def close(self) -> None:
        """Let go of the connection; the next request opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    found = []
    while size := int(await reader.readline(), 16):
        found.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(found)


class Talk(Protocol):
    """What a client of one kind says."""

    async def post(self, wire: Wire, key: bytes, body_bytes: int) -> None:
        """Send one message to everybody; it is durable when this returns."""

    async def take(self, wire: Wire, wait: int, arrived: Callable[[bytes], None]) -> None:
        """Wait up to `wait` seconds; tell the key of each message that came; acknowledge."""

    def leave(self) -> None:
        """Let go of what is kept open beside the wire."""


class JitTalk:
    """The store's clients: one envelope for each recipient, and an acknowledged queue.

    As the product does, they listen to the event stream, take what it brings if it follows upon
    what they have, read the queue if not, and acknowledge together what came within a moment.
    """

    def __init__(self, place: Place, tls: ssl.SSLContext | None, client: Client) -> None:
        self._stream = Wire(place, tls, client.token)
        self._events: asyncio.Task[list[Wake | Delivery]] | None = None
        self._parser, self._pushed = EventParser(), Pushed()
        self._reader: asyncio.StreamReader | None = None
        self._owed: list[int] = []
        self._due = 0.0
        self._space = SpaceId(client.space)
        self._own = mailbox_id(self._space, DeviceId(client.device))
        self._boxes = [MailboxId(mailbox_id(self._space, DeviceId(one))) for one in client.to]
        self._path = paths.messages(self._space)
        self._sealed = os.urandom(ENVELOPE_BYTES)
        self._after = 0

    async def post(self, wire: Wire, key: bytes, body_bytes: int) -> None:
        """See `Talk`."""
        packed = tuple(
            Envelope(
                kind=EnvelopeKind.MSG,
                to=box,
                sender=self._own,
                id=EnvelopeId(os.urandom(16)),
                body=self._sealed,
            ).pack()
            for box in self._boxes
        )
        request = PostMessageRequest(message=key, body=os.urandom(body_bytes), envelopes=packed)
        await wire.want(201, "POST", self._path, msgspec.json.encode(request))

    async def take(self, wire: Wire, wait: int, arrived: Callable[[bytes], None]) -> None:
        """See `Talk`."""
        if not wait:
            await self._read(wire, arrived)
            return
        if self._reader is None:
            self._reader = await self._stream.listen()
            await self._read(wire, arrived)
        if self._events is None:
            self._events = asyncio.create_task(self._next())
        left = self._due - time.perf_counter() if self._owed else float(wait)
        await asyncio.wait([self._events], timeout=max(0.0, left))
        if self._events.done():
            told, self._events = self._events.result(), None
            await self._told(wire, told, arrived)
        if self._owed and time.perf_counter() >= self._due:
            some, self._owed = self._owed[:MAX_MAILBOX_PAGE], self._owed[MAX_MAILBOX_PAGE:]
            done = msgspec.json.encode(AckRequest(indexes=tuple(some)))
            await wire.want(204, "POST", paths.MAILBOX_ACK, done)

    def leave(self) -> None:
        """See `Talk`."""
        if self._events is not None:
            self._events.cancel()
        self._stream.close()
        self._events = self._reader = None
        self._parser = EventParser()
        self._pushed.forget()

    async def _next(self) -> list[Wake | Delivery]:
        assert self._reader is not None
        while size := int(await self._reader.readline() or b"0", 16):
            found = list(self._parser.feed((await self._reader.readexactly(size + 2))[:size]))
            if found:
                return found
        raise asyncio.IncompleteReadError(b"", None)

    async def _told(
        self, wire: Wire, told: list[Wake | Delivery], arrived: Callable[[bytes], None]
    ) -> None:
        for one in told:
            if isinstance(one, Delivery):
                self._pushed.add(one)
        given = self._pushed.take()
        if given:
            self._have(given, arrived)
        if not given or any(isinstance(one, Wake) for one in told):
            await self._read(wire, arrived)

    async def _read(self, wire: Wire, arrived: Callable[[bytes], None]) -> None:
        answer = await wire.want(200, "GET", f"{paths.MAILBOX}?after={self._after}")
        self._have(msgspec.json.decode(answer, type=MailboxReply).deliveries, arrived)

    def _have(self, found: tuple[Delivery, ...], arrived: Callable[[bytes], None]) -> None:
        for item in found:
            arrived(item.message)
        if found and not self._owed:
            self._due = time.perf_counter() + ANSWER_SECONDS
        self._owed += [item.index for item in found]
        if found:
            self._after = found[-1].index
            self._pushed.read_to(self._after)


class MatrixTalk:
    """A Matrix client: one event as Megolm makes it, read by /sync; who has it tells nobody."""

    def __init__(self, client: Client) -> None:
        self._room, self._me = client.space.decode(), client.device.decode()
        self._since = ""

    async def post(self, wire: Wire, key: bytes, body_bytes: int) -> None:
        """See `Talk`."""
        event = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": base64.b64encode(os.urandom(body_bytes)).decode(),
            "session_id": key.hex(),
        }
        room = quote(self._room)
        path = f"/_matrix/client/v3/rooms/{room}/send/m.room.encrypted/{key.hex()}"
        await wire.want(200, "PUT", path, json.dumps(event).encode())

    async def take(self, wire: Wire, wait: int, arrived: Callable[[bytes], None]) -> None:
        """See `Talk`."""
        since = f"&since={self._since}" if self._since else ""
        path = f"/_matrix/client/v3/sync?timeout={1000 * wait}&filter={quote(_FILTER)}{since}"
        answer: dict[str, Any] = json.loads(await wire.want(200, "GET", path))
        first, self._since = not self._since, answer["next_batch"]
        timeline = answer.get("rooms", {}).get("join", {}).get(self._room, {}).get("timeline", {})
        for event in timeline.get("events", ()):
            if event["type"] == "m.room.encrypted" and event["sender"] != self._me:
                arrived(bytes.fromhex(event["content"]["session_id"]))
        if timeline.get("limited") and not first:
            raise RefusedError("sync skipped messages")

    def leave(self) -> None:
        """See `Talk`."""


def talk_of(place: Place, tls: ssl.SSLContext | None, client: Client) -> Talk:
    """The client's language."""
    return MatrixTalk(client) if place.kind == "matrix" else JitTalk(place, tls, client)


def tls_of(place: Place) -> ssl.SSLContext | None:
    """TLS 1.3 without names, or none in clear."""
    if place.kind == "matrix":
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    return made
