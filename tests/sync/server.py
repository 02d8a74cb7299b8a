"""A real TLS server on loopback whose answers a test writes out, byte by byte if it must."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it came over the line."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A whole reply with its length."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        head = {"content-length": str(len(self.body)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"HTTP/1.1 {self.status} X\r\n{lines}\r\n".encode() + self.body


def json(value: msgspec.Struct, *, status: int = 200) -> Reply:
    return Reply(
        status=status,
        body=msgspec.json.encode(value),
        headers={"content-type": "application/json"},
    )


def problem(status: int, code: str, detail: str = "", **headers: str) -> Reply:
    body = msgspec.json.encode({"status": status, "code": code, "detail": detail})
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        status=status, body=body, headers={"content-type": "application/problem+json", **named}
    )


Answer = Callable[[Request], Awaitable[Reply | None]]
"""None: the handler has written the reply itself, through `Server.raw`."""


@dataclass
class Server:
    """What the line has seen."""

    address: str = ""
    pin: bytes = b""
    requests: list[Request] = field(default_factory=list)
    bytes_in: int = 0
    connections: int = 0
    raw: asyncio.StreamWriter | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def paths(self) -> list[str]:
        return [f"{r.method} {r.path}" for r in self.requests]

    def hang_up(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def close(self) -> None:
        self.hang_up()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))


@dataclass(frozen=True)
class Identity:
    """A self-signed certificate with its key, as files' contents."""

    key: bytes
    certificate: bytes
    der: bytes

    @property
    def pin(self) -> bytes:
        return hashlib.sha256(self.der).digest()


@cache
def identity(name: str = "store") -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    encoding = serialization.Encoding
    return Identity(secret, made.public_bytes(encoding.PEM), made.public_bytes(encoding.DER))


def server_context(who: Identity, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if newest is not None:
        context.maximum_version = newest
    with TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_bytes(who.key + who.certificate)
        context.load_cert_chain(chain)
    return context


@asynccontextmanager
async def serving(
    answer: Answer, *, who: Identity | None = None, newest: ssl.TLSVersion | None = None
) -> AsyncIterator[Server]:
    """Serve `answer` over TLS until the block ends; every connection is closed with it."""
    known = who or identity()
    seen = Server(pin=known.pin)

    context = server_context(known, newest)
    listener = await asyncio.start_server(
        partial(_connection, seen, answer), "127.0.0.1", 0, ssl=context
    )
    host, port = listener.sockets[0].getsockname()[:2]
    seen.address = f"{host}:{port}"
    try:
        yield seen
    finally:
        listener.close()
        await seen.close()
        await listener.wait_closed()


async def _connection(
    seen: Server, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    seen.connections += 1
    seen._writers.add(writer)
    task: asyncio.Task[None] | None = asyncio.current_task()
    if task is not None:
        seen._tasks.add(task)
        task.add_done_callback(seen._tasks.discard)
    try:
        while (request := await _read(reader, seen)) is not None:
            seen.requests.append(request)
            seen.raw = writer
            reply = await answer(request)
            if reply is not None:
                writer.write(reply.encode())
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
        pass  # 3.11's streams report a cancelled handler as an error of the loop
    finally:
        seen._writers.discard(writer)
        writer.close()


async def _read(reader: asyncio.StreamReader, seen: Server) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, OSError):
        return None
    seen.bytes_in += len(head)
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    seen.bytes_in += len(body)
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return Request(method=method, path=url.path, query=query, headers=headers, body=body)
