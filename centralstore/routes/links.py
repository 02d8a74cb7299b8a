"""Slots for linking a device: opened with a session, looked into by whoever knows the id."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from centralstore import links, web
from centralstore.database import Transaction
from centralstore.service import Service
from centralstore.web import Call, Endpoint
from protocol.api.accounts import LinkReply

MAX_WAIT_SECONDS: Final = 25
MAX_WAITING: Final = 4
"""Requests that may wait at one slot; one for each device, and two that lost their line."""


def begin(service: Service, tx: Transaction, call: Call) -> LinkReply:
    """POST /links."""
    return links.begin(tx, call.body.slot)


def put_request(service: Service, tx: Transaction, call: Call) -> None:
    """PUT /links/{slot}/request."""
    links.put_request(tx, call.id("slot"), call.body.data)


def put_grant(service: Service, tx: Transaction, call: Call) -> None:
    """PUT /links/{slot}/grant."""
    links.put_grant(tx, call.id("slot"), call.body.data)


def end(service: Service, tx: Transaction, call: Call) -> None:
    """DELETE /links/{slot}."""
    links.end(tx, call.id("slot"))


async def look(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """GET /links/{slot}?after=N&wait=S: answers when more than N pieces are there, else after S."""
    call = Call(path=request.path_params, query=request.query_params)

    def see(tx: Transaction) -> tuple[LinkReply, bool, int]:
        slot = call.id("slot")
        tx.subject = slot
        after = call.number("after", 0, high=2)
        wait = call.number("wait", 0, high=MAX_WAIT_SECONDS)
        reply = links.look(tx, slot)
        return reply, bool(reply.request) + bool(reply.grant) > after, wait

    reply, more, wait = await service.database.run(endpoint.operation, see)
    slot = call.id("slot")
    if wait and not more and service.slots.waiting(slot) < MAX_WAITING:
        listener = service.slots.listen(slot)
        try:
            # Looked at again after listening began: what came between is not slept through.
            reply, more, _ = await service.database.run("", see)
            if not more and await listener.next(wait):
                reply, _, _ = await service.database.run(endpoint.operation, see)
        finally:
            service.slots.leave(slot, listener)
    return web.reply_of(reply, endpoint.status)
