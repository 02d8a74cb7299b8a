"""Targets on the wire: what a store answers, byte for byte, and what somebody asks of a store."""

from __future__ import annotations

import asyncio
import http.client
import io
import random
import re
import ssl
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from centralstore.routes.table import ENDPOINTS
from protocol import codec
from protocol.api import paths
from protocol.api.accounts import Problem, ServerReply
from protocol.errors import MalformedError
from sync.chunk_io import Lane
from sync.eventstream import EventParser
from sync.line import Bearer, Line
from sync.transport import Transport
from tests.fuzz import made
from tests.fuzz.inprocess import store
from tests.fuzz.mutate import Form
from tests.fuzz.target import Target

_SERVER: Final = (
    b'{"product":"jitstore","versions":[1],"store_key":"' + b"A" * 43 + b'=","time":1800000000}'
)
_PROBLEM: Final = b'{"status":409,"code":"log-moved","detail":"no"}'
_PIECE: Final = 700
_BUSY_OR_FULL: Final = frozenset({503, 507})


def _reply(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class _Line:
    """A socket on which the whole answer has arrived."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._data)

    def sendall(self, *_: object) -> None: ...

    def close(self) -> None: ...


class _Lane(Lane):
    """A lane whose connection has answered already."""

    def __init__(self, data: bytes) -> None:
        super().__init__(
            Line("store", 1, None), Bearer(lambda _: "token"), lambda _: None  # type: ignore[arg-type]
        )  # fmt: skip
        self._answer = data

    def _connected(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection("store", 1, context=_context())
        connection.sock = _Line(self._answer)
        self._connection = connection
        return connection


@cache
def _context() -> ssl.SSLContext:
    """Nobody shakes hands here, but every client wants one; loading it takes 80 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _in_loop(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    _loop().run_until_complete(work())


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _read_events(data: bytes) -> None:
    """However the stream is cut, the same wakes come out of it."""
    whole = list(EventParser().feed(data))
    for size in (1, 7):
        parser, cut = EventParser(), []
        for at in range(0, len(data), size):
            cut += list(parser.feed(data[at : at + size]))
        assert cut == whole


def replies() -> list[Target]:
    """HTTP as a hostile store speaks it: to the small requests, to the lanes, and as a stream."""

    def read_small(data: bytes) -> None:
        async def ask() -> None:
            transport = Transport("store:1", bytes(32), timeout=5)
            pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
            spoken = httpx.AsyncHTTPTransport(verify=_context())
            spoken._pool = httpcore.AsyncConnectionPool(
                ssl_context=_context(), network_backend=httpcore.AsyncMockBackend(pieces)
            )
            transport._connections._pool = spoken
            async with transport:
                reply = await transport.request("GET", "/v1/server", reply=ServerReply, limit=4096)
            assert isinstance(reply, ServerReply)

        _in_loop(ask)

    def read_part(data: bytes) -> None:
        buffer = bytearray(64)
        count = _Lane(data).get("/part", memoryview(buffer))
        assert 0 <= count <= len(buffer)

    def read_put(data: bytes) -> None:
        _Lane(data).put("/part", memoryview(b"sealed"), bytes(32))

    answered = [
        _reply("200 OK", _SERVER, "Content-Type: application/json"),
        _reply("409 Conflict", _PROBLEM, "Retry-After: 3"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    ]
    part = [
        _reply("200 OK", b"0123456789", "Jit-Part-Digest: " + "0" * 64),
        _reply("204 No Content", b""),
        *answered,
    ]
    events = [
        b'event: wake\ndata: {"what":"log"}\n\n: beat\n\n',
        b"event: wake\r\ndata: {}\r\n\r\n",
    ]

    def wire(name: str, read: Callable[[bytes], object], seeds: list[bytes]) -> Target:
        return Target(
            name=name, read=read, seeds=lambda: seeds, form=Form.BYTES, limit=20_000, weight=2.0
        )

    return [
        wire("reply", read_small, answered),
        wire("reply-part", read_part, part),
        wire("reply-put", read_put, part),
        wire("events", _read_events, events),
    ]


def requests() -> list[Target]:
    """Any route with any path, query and body: always an answer, never a failure of the store."""
    served = [e for e in ENDPOINTS if e.stream is None and e.path != paths.CURRENT_SESSION]

    def read(data: bytes) -> None:
        """A byte for the route; path parameter (empty: a real one), query and body in lines."""
        endpoint = served[data[0] % len(served)] if data else served[0]
        name, _, rest = data[1:].partition(b"\n")
        query, _, body = rest.partition(b"\n")
        path = endpoint.path
        for what in re.findall(r"{(\w+)}", path):
            known = store().ids.get(what, bytes(16)).hex()
            path = path.replace(f"{{{what}}}", name.decode(errors="replace") or known)
        query = query.replace(b"wait", b"await")  # it would
        status, answer = store().ask(endpoint.method, path, query, body)
        assert status < 500 or status in _BUSY_OR_FULL, answer
        if status >= 400:
            codec.decode_json(Problem, answer)
        if status == 400:
            raise MalformedError("refused, as it should be")

    def seeds() -> list[bytes]:
        found = []
        for number, endpoint in enumerate(served):
            body = b"" if endpoint.takes is None else made.message(endpoint.takes, random.Random(1))
            found.append(bytes([number]) + b"\nfrom=0&after=1&limit=2\n" + body)
        return found

    return [
        Target(name="request", read=read, seeds=seeds, form=Form.REQUEST, limit=20_000, weight=8.0)
    ]
