"""A small store in memory that answers like the real one, as far as a round asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from protocol.api import accounts, paths, spaces
from protocol.ids import MessageId, SpaceId
from protocol.roles import Party
from sync.api import StoreApi
from sync.engine import Engine
from sync.transport import Transport
from tests.sync.device import DEVICE, USER, Device
from tests.sync.server import Reply, Request, Server, json, problem, serving

STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
NOW = 1_000_000.0


@dataclass
class BlindStore:
    """State a test sets and reads; `refuse` answers a path with a problem, `left` times."""

    logs: dict[SpaceId, list[bytes]] = field(default_factory=dict)
    queue: dict[int, spaces.Delivery] = field(default_factory=dict)
    full: tuple[bytes, ...] = ()
    posted: list[MessageId] = field(default_factory=list)
    wipes: list[bytes] = field(default_factory=list)
    refuse: dict[str, tuple[Reply, int]] = field(default_factory=dict)
    hold: dict[str, asyncio.Event] = field(default_factory=dict)
    streams: list[asyncio.StreamWriter] = field(default_factory=list)
    server: Server = field(default_factory=Server)

    def mail(self, *indexes: int) -> None:
        for index in indexes:
            self.queue[index] = spaces.Delivery(
                index=index, space=b"s" * 16, message=b"m" * 16, envelope=b"e", body=b"b"
            )

    def asked(self, path: str) -> int:
        return sum(1 for request in self.server.requests if request.path == path)

    async def wake(self, what: str = "mailbox") -> None:
        for writer in self.streams:
            writer.write(b'event: wake\ndata: {"what": "%s"}\n\n' % what.encode())
            await writer.drain()

    async def push(self, *indexes: int) -> None:
        """Queue what came and send it along the stream, as the store does."""
        self.mail(*indexes)
        for index in indexes:
            data = msgspec.json.encode(self.queue[index])
            for writer in self.streams:
                writer.write(b"event: delivery\ndata: " + data + b"\n\n")
                await writer.drain()

    async def __call__(self, request: Request) -> Reply | None:
        if request.path in self.hold:
            await self.hold[request.path].wait()
        reply, left = self.refuse.get(request.path, (None, 0))
        if reply is not None and left > 0:
            self.refuse[request.path] = (reply, left - 1)
            return reply
        tail = request.path.rpartition("/")[2]
        answer = getattr(self, f"_{request.method.lower()}_{tail.replace('-', '_')}", None)
        if answer is not None:
            return answer(request)  # type: ignore[no-any-return]
        if tail == DEVICE.hex():
            return json(accounts.Bundle(device=DEVICE, signed=b"x", one_time=None, kem=None))
        return problem(404, "not-found")

    def _post_challenges(self, _: Request) -> Reply:
        return json(accounts.ChallengeReply(nonce=b"n" * 32, expires_in=300), status=201)

    def _post_sessions(self, _: Request) -> Reply:
        return json(accounts.SessionReply(token="token", expires_in=3600), status=201)

    def _get_prekeys(self, _: Request) -> Reply:
        return json(accounts.PrekeyCount(one_time=0, kems=0))

    _put_prekeys = _get_prekeys

    def _get_users(self, _: Request) -> Reply:
        ana = accounts.User(
            id=USER, name="Ana", authority="PGR", country="PT", party=Party.MEMBER_STATE
        )
        return json(accounts.UsersReply(users=(ana,)))

    def _get_device_list(self, _: Request) -> Reply:
        return json(accounts.DeviceListReply(device_list=b"signed list"))

    def _get_spaces(self, _: Request) -> Reply:
        found = tuple(
            spaces.SpaceSummary(id=space, seq=len(log) - 1, closed=False)
            for space, log in self.logs.items()
        )
        return json(spaces.SpacesReply(spaces=found))

    def _get_log(self, request: Request) -> Reply:
        log = self.logs.get(SpaceId(bytes.fromhex(request.path.split("/")[3])))
        if log is None:
            return problem(404, "not-found")
        page = tuple(log[int(request.query["from"]) :][:200])
        return json(spaces.LogReply(entries=page, seq=len(log) - 1))

    def _get_mailbox(self, request: Request) -> Reply:
        after, limit = int(request.query["after"]), int(request.query["limit"])
        rest = [self.queue[i] for i in sorted(self.queue) if i > after]
        page = spaces.MailboxReply(deliveries=tuple(rest[:limit]), waiting=len(rest[limit:]))
        return json(page)

    def _post_ack(self, request: Request) -> Reply:
        for index in msgspec.json.decode(request.body, type=spaces.AckRequest).indexes:
            self.queue.pop(index, None)
        return Reply(status=204)

    def _post_messages(self, request: Request) -> Reply:
        message = msgspec.json.decode(request.body, type=spaces.PostMessageRequest).message
        if message not in self.posted:
            self.posted.append(MessageId(message))
        return json(spaces.PostedReply(receipt=b"receipt", full=self.full), status=201)

    def _post_wipes(self, request: Request) -> Reply:
        self.wipes.append(msgspec.json.decode(request.body, type=spaces.WipeRequest).receipt)
        return Reply(status=204)

    def _get_wipes(self, _: Request) -> Reply:
        return json(spaces.WipesReply(receipts=tuple(self.wipes)))

    def _get_events(self, _: Request) -> None:
        assert self.server.raw is not None
        self.server.raw.write(STREAM)
        self.streams.append(self.server.raw)


@asynccontextmanager
async def meeting(
    store: BlindStore, device: Device, *, answer_seconds: float = 0.0
) -> AsyncIterator[Engine]:
    """An engine of `device` over a TLS line to `store`; the clock stands still."""
    async with (
        serving(store) as server,
        Transport(server.address, server.pin, timeout=60) as line,
    ):
        store.server = server
        api = StoreApi(line, lambda nonce, certificate: b"signed" + nonce + certificate)
        yield Engine(api, device.ports(), lambda: NOW, lambda: 0.0, answer_seconds=answer_seconds)


def at(tail: str) -> str:
    """The path of a resource of the first space."""
    return f"{paths.SPACES}/{(b's' * 16).hex()}/{tail}"
