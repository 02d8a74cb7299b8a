"""Messages in, deliveries out, and the stream that wakes waiting devices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from centralstore import access, doorway, mailbox, posting, web
from centralstore.access import entering
from centralstore.database import Transaction
from centralstore.policy import Act
from centralstore.service import Service
from centralstore.steps import Lane, Steps
from centralstore.wakes import Listener
from centralstore.web import Call, Endpoint
from protocol.api.spaces import Delivery, MailboxReply, PostedReply, Wake
from protocol.errors import JitError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_MAILBOX_PAGE

MAX_WAIT_SECONDS: Final = 25
HEARTBEAT_SECONDS: Final = 15.0


POSTS: Final = Lane("posts")
ACKS: Final = Lane("acks")
"""Who writes and who has taken are not in one transaction: they meet at the row of a message."""
READS: Final = Lane("reads", 8)
"""A page of a mailbox can have 13 MB."""


def post(service: Service, tx: Transaction, call: Call) -> Steps[PostedReply]:
    """POST /spaces/{space}/messages."""
    entered = yield from entering(tx, Act.POST_MESSAGE, SpaceId(call.id("space")))
    return (
        yield from posting.post(
            tx,
            entered.space,
            call.body,
            service.key,
            service.mailbox_quota,
            service.hub.takes_pushes,
        )
    )


def ahead(tx: Transaction, call: Call, _device: DeviceId, user: UserId) -> None:
    """What `post` reads first."""
    space = SpaceId(call.id("space"))
    access.ahead(tx, Act.POST_MESSAGE, space, user)
    if call.body is not None:
        posting.ahead(tx, space, call.body.message)


def acknowledge(service: Service, tx: Transaction, call: Call) -> Steps[None]:
    """POST /mailbox/ack."""
    yield from mailbox.acknowledge(tx, call.body.indexes)


async def read_mailbox(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """GET /mailbox?after=N&limit=M&wait=S: answers at once when something waits, else after S."""
    call = Call(path={}, query=request.query_params)
    authorization = request.headers.get("authorization", "")

    def wanted() -> tuple[int, int]:
        after = call.number("after", 0)
        return after, call.number("limit", MAX_MAILBOX_PAGE, low=1, high=MAX_MAILBOX_PAGE)

    def look(tx: Transaction) -> Steps[tuple[MailboxReply, DeviceId, int]]:
        doorway.ahead(
            service, authorization, lambda device, _: mailbox.ahead(tx, device, *wanted())
        )
        yield from doorway.identifying(service, tx, authorization)
        after, limit = wanted()
        wait = call.number("wait", 0, high=MAX_WAIT_SECONDS)
        return (yield from mailbox.page(tx, after, limit)), tx.device, wait

    beside = service.database.run_beside
    reply, device, wait = await beside(endpoint.operation, READS, look)
    if wait and not reply.deliveries:
        listener = service.hub.listen(device)
        try:
            # Looked at again after listening began: what came between is not slept through.
            reply, _, _ = await beside("", READS, look)
            if not reply.deliveries and await listener.next(wait):
                reply, _, _ = await beside(endpoint.operation, READS, look)
        finally:
            service.hub.leave(device, listener)
    return web.reply_of(reply, endpoint.status)


async def events(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """GET /events: events until the session ends, the caller leaves or the store stops."""
    authorization = request.headers.get("authorization", "")

    def begin(tx: Transaction) -> tuple[DeviceId, int]:
        return_at = doorway.identify(service, tx, authorization)
        return tx.device, return_at

    device, until = await service.database.run(endpoint.operation, begin)
    listener = service.hub.listen(device, pushes=True)
    try:
        # Looked at again after listening began: a revocation in between is not missed.
        await service.database.run("", begin)
    except JitError:
        service.hub.leave(device, listener)
        raise
    return StreamingResponse(
        _stream(service, device, listener, until), media_type="text/event-stream"
    )


def _event(told: Wake | Delivery) -> bytes:
    name = b"wake" if isinstance(told, Wake) else b"delivery"
    return b"event: " + name + b"\ndata: " + msgspec.json.encode(told) + b"\n\n"


async def _stream(
    service: Service, device: DeviceId, listener: Listener, until: int
) -> AsyncIterator[bytes]:
    try:
        yield b": listening\n\n"
        while not listener.closed and service.clock() < until:
            told = await listener.next(HEARTBEAT_SECONDS)
            if not told and not listener.closed:
                yield b": alive\n\n"
            if told:
                yield b"".join(map(_event, told))
    finally:
        service.hub.leave(device, listener)
