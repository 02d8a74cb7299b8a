"""A hostile store: the real one, with somebody in front who holds its certificate and its key.

The store runs as ever, as its own process; the proxy listens at its address with its certificate
(a hostile store owns both), knows which device asks from the sign-ins it sees, and rewrites chosen
answers or swallows chosen requests. Every act is counted, so that a test can show that it happened.

    deed = hostile.rewrites(MailboxReply, "GET", "/mailbox", flip, to=bruno)
    await team["bruno"].sync_now()
    assert deed.count == 1
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec
from sqlcipher3 import dbapi2

from centralstore import settings
from crypto import signatures
from crypto.signatures import StoreKey
from protocol import codec
from protocol.api.accounts import SessionReply, SessionRequest
from protocol.api.spaces import Delivery, MailboxReply, PostMessageRequest
from protocol.devicelist import DeviceList
from protocol.envelope import Envelope
from protocol.ids import DeviceId, MailboxId, UserId
from protocol.membership import key_digest, record_hash
from protocol.receipts import Login
from sync.tls import pinned_context
from tests.support.store import StoreHandle

T = TypeVar("T", bound=msgspec.Struct)

_BLOCK: Final = 64 * 1024


@dataclass
class Exchange:
    """One request and its answer, as they pass. An act changes what it likes."""

    method: str
    path: str
    device: DeviceId | None
    request: bytes
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    announced: int | None = None  # a Content-Length other than the body's
    endless: Iterator[bytes] | None = None  # sent for as long as anybody listens


Act = Callable[[Exchange], bool]
"""Does something to an exchange; False when there was nothing to do it to."""


@dataclass
class Deed:
    """One kind of hostility, and how often it was done."""

    method: str
    route: re.Pattern[str]
    act: Act
    to: DeviceId | None
    before: bool
    times: int | None
    count: int = 0

    def end(self) -> None:
        """From here on the store behaves again."""
        self.times = self.count

    def fits(self, exchange: Exchange, *, before: bool) -> bool:
        """Whether this deed concerns an exchange."""
        open_ = self.times is None or self.count < self.times
        about = self.to is None or self.to == exchange.device
        same = self.before is before and self.method == exchange.method
        return open_ and about and same and self.route.search(exchange.path) is not None


class Hostile:
    """The proxy. `start` and `stop` it around a running store."""

    def __init__(self, store: StoreHandle, port: int) -> None:
        self._store = settings.load(store.data_dir)
        self._port = port
        self._deeds: list[Deed] = []
        self._devices: dict[str, DeviceId] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._upstream = pinned_context(self._store.fingerprint())
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.seen: list[Exchange] = []

    @property
    def listening(self) -> bool:
        """Whether `start` was called."""
        return self._server is not None

    # --- what it may do ------------------------------------------------------------------------

    @property
    def receipt_key(self) -> StoreKey:
        """The key that signs the store's receipts: it is the store's own."""
        return self._store.store_key()

    def answers(
        self,
        method: str,
        route: str,
        act: Act,
        *,
        to: DeviceId | None = None,
        times: int | None = None,
    ) -> Deed:
        """Change the store's answers to some requests."""
        deed = Deed(method, re.compile(route), act, to, before=False, times=times)
        self._deeds.append(deed)
        return deed

    def swallows(
        self,
        method: str,
        route: str,
        act: Act,
        *,
        to: DeviceId | None = None,
        times: int | None = None,
    ) -> Deed:
        """Act on requests before the store sees them; a set `status` answers in its place."""
        deed = Deed(method, re.compile(route), act, to, before=True, times=times)
        self._deeds.append(deed)
        return deed

    def rewrites(
        self,
        kind: type[T],
        route: str,
        change: Callable[[T], T | None],
        *,
        method: str = "GET",
        to: DeviceId | None = None,
        times: int | None = None,
    ) -> Deed:
        """Change JSON answers of one kind; a change to None or to the same does not count."""

        def act(exchange: Exchange) -> bool:
            if exchange.status >= 300:
                return False
            old = msgspec.json.decode(exchange.body, type=kind)
            new = change(old)
            if new is None or new == old:
                return False
            exchange.body = msgspec.json.encode(new)
            return True

        return self.answers(method, route, act, to=to, times=times)

    def delivers(self, to: DeviceId, *items: Delivery) -> Deed:
        """Put deliveries of its own behind the next page of a device's queue, once."""

        def change(reply: MailboxReply) -> MailboxReply:
            last = max((d.index for d in reply.deliveries), default=1_000_000)
            new = tuple(
                msgspec.structs.replace(item, index=last + place)
                for place, item in enumerate(items, 1)
            )
            return msgspec.structs.replace(reply, deliveries=(*reply.deliveries, *new), waiting=0)

        return self.rewrites(MailboxReply, "/mailbox", change, to=to, times=1)

    def behave(self) -> None:
        """End every deed."""
        self._deeds.clear()

    def substitutes(self, user: UserId, signed: bytes) -> int:
        """Write another device list into the directory itself; returns how many rows changed."""
        listed = signatures.peek(signed, DeviceList)
        (device,) = listed.devices
        with contextlib.closing(dbapi2.connect(str(self._store.database))) as db:
            done = db.execute(
                "UPDATE device_list SET signed = ?, head = ?, user_key = ? WHERE user_id = ?",
                (
                    signed,
                    record_hash(signatures.parse(signed).body),
                    key_digest(codec.encode(listed.user_key)),
                    user,
                ),
            ).rowcount
            db.execute(
                "UPDATE device SET id = ?, signing = ? WHERE user_id = ?",
                (device.device, codec.encode(device.signing), user),
            )
            db.commit()
        return int(done)

    # --- what it saw ---------------------------------------------------------------------------

    def posted(self, device: DeviceId | None = None) -> list[PostMessageRequest]:
        """Messages that passed, of one device or of all."""
        return [
            msgspec.json.decode(e.request, type=PostMessageRequest)
            for e in self.seen
            if e.method == "POST" and e.path.endswith("/messages") and device in (None, e.device)
        ]

    def delivered(self, device: DeviceId) -> list[Delivery]:
        """Every delivery that was handed to a device, as the real store had it."""
        return [
            item
            for e in self.seen
            if e.method == "GET" and "/mailbox" in e.path and e.device == device
            for item in msgspec.json.decode(e.body, type=MailboxReply).deliveries
        ]

    def addressed(self) -> set[MailboxId]:
        """Every mailbox anybody sealed an envelope to."""
        return {Envelope.unpack(e).to for request in self.posted() for e in request.envelopes}

    # --- how -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen at the store's address."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(60)

    def stop(self) -> None:
        """Close everything."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _listen(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._store.tls_certificate, self._store.tls_key)
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, ssl=context, limit=_BLOCK
        )

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError, ssl.SSLError):
            while True:
                head, body = await _read_message(reader)
                exchange = self._exchange(head, body)
                self._act(exchange, before=True)
                if not exchange.status:
                    if upstream is None:
                        upstream = await asyncio.open_connection(
                            self._store.host, self._store.port, ssl=self._upstream, limit=_BLOCK
                        )
                    await _forward(upstream, head, exchange)
                self._remember(exchange)
                self._act(exchange, before=False)
                await _answer(writer, exchange)
        for one in (writer, upstream[1] if upstream else None):
            if one is not None:
                one.close()

    def _exchange(self, head: list[str], body: bytes) -> Exchange:
        method, path, _ = head[0].split(" ", 2)
        token = _header(head, "authorization").removeprefix("Bearer ")
        return Exchange(method, path, self._devices.get(token), body)

    def _act(self, exchange: Exchange, *, before: bool) -> None:
        for deed in tuple(self._deeds):
            if deed.fits(exchange, before=before) and deed.act(exchange):
                deed.count += 1

    def _remember(self, exchange: Exchange) -> None:
        if exchange.path.endswith("/v1/sessions") and exchange.status < 300:
            asked = msgspec.json.decode(exchange.request, type=SessionRequest)
            given = msgspec.json.decode(exchange.body, type=SessionReply)
            exchange.device = DeviceId(signatures.peek(asked.login, Login).device)
            self._devices[given.token] = exchange.device
        copy = Exchange(exchange.method, exchange.path, exchange.device, exchange.request)
        copy.status = exchange.status
        copy.body = exchange.body
        self.seen.append(copy)


async def _read_message(reader: asyncio.StreamReader) -> tuple[list[str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
    if _header(head, "transfer-encoding") == "chunked":
        body = bytearray()
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        return head, bytes(body)
    return head, await reader.readexactly(int(_header(head, "content-length") or 0))


def _header(head: list[str], name: str) -> str:
    for line in head[1:]:
        key, _, value = line.partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return ""


_OWN_HEADERS: Final = {"content-length", "transfer-encoding", "connection"}


async def _forward(
    upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter], head: list[str], exchange: Exchange
) -> None:
    reader, writer = upstream
    kept = [h for h in head[1:] if h.partition(":")[0].strip().lower() not in _OWN_HEADERS]
    lines = [
        f"{exchange.method} {exchange.path} HTTP/1.1",
        *kept,
        f"content-length: {len(exchange.request)}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + exchange.request)
    await writer.drain()
    answer, exchange.body = await _read_message(reader)
    exchange.status = int(answer[0].split(" ")[1])
    pairs = (line.partition(":") for line in answer[1:])
    exchange.headers = {
        k.strip().lower(): v.strip() for k, _, v in pairs if k.strip().lower() not in _OWN_HEADERS
    }


async def _answer(writer: asyncio.StreamWriter, exchange: Exchange) -> None:
    lines = [f"HTTP/1.1 {exchange.status} Hostile"]
    lines += [f"{key}: {value}" for key, value in exchange.headers.items()]
    if exchange.endless is not None:
        lines.append("transfer-encoding: chunked")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        for block in exchange.endless:
            writer.write(b"%x\r\n%s\r\n" % (len(block), block))
            await writer.drain()
            await asyncio.sleep(0)  # drain need not yield: let the end of the line be noticed
            if writer.is_closing():
                return
        return
    size = len(exchange.body) if exchange.announced is None else exchange.announced
    lines.append(f"content-length: {size}")
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + exchange.body)
    await writer.drain()
