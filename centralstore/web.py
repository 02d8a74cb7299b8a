"""From an HTTP request to one job of the database thread, and from its answer back.

Every JSON route goes through `answer`: limit, read, sign-in, act, log, reply. The rules stand in
policy.py and in the domain modules; this file knows HTTP only. Spec: docs/protocol/70-store.md §2.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from centralstore import doorway, journal
from centralstore.database import Transaction
from centralstore.errors import LimitedError, problem_of, status_of, unknown
from centralstore.service import Service
from centralstore.steps import Lane, Steps
from protocol import codec
from protocol.errors import (
    BadInputError,
    BugError,
    DiskError,
    JitError,
    LimitExceededError,
    MalformedError,
)
from protocol.ids import DeviceId, UserId, from_hex, parse_id
from protocol.limits import MAX_JSON_BYTES, MAX_PART_BYTES

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
_BODY_SECONDS: Final = 60.0
_HEADERS: Final = (
    (b"server", b""),  # granian names itself where this is missing
    (b"strict-transport-security", b"max-age=31536000"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One decoded request: ids in the path, numbers in the query, one message as body."""

    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    authorization: str = ""

    def id(self, name: str) -> bytes:
        """The 16 bytes of a path parameter; what is no id does not exist."""
        try:
            return parse_id(self.path[name])
        except BadInputError as error:
            raise unknown() from error

    def digest(self, name: str) -> bytes | None:
        """The 32 bytes of a hexadecimal query parameter, or None; what is none does not exist."""
        text = self.query.get(name)
        if text is None:
            return None
        found = from_hex(text, 32)
        if found is None:
            raise unknown()
        return found

    def number(self, name: str, default: int, *, low: int = 0, high: int = 2**63 - 1) -> int:
        """A whole number of the query, `default` when absent.

        Raises:
            BadInputError: not a number, or outside `low` to `high`.
        """
        return whole(self.query.get(name, str(default)), name, low=low, high=high)


def whole(text: str, name: str, *, low: int, high: int) -> int:
    """Read decimal digits within bounds.

    Raises:
        BadInputError: anything else.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and low <= int(text) <= high):
        raise BadInputError(f"“{name}” is a whole number from {low} to {high}.")
    return int(text)


Act = Callable[[Service, Transaction, Call], msgspec.Struct | None]
Stepped = Callable[[Service, Transaction, "Call"], Steps[msgspec.Struct | None]]
Ahead = Callable[[Transaction, Call, DeviceId, UserId], None]
Stream = Callable[[Service, "Endpoint", Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One route: how it is called, what it takes (at most `limit` bytes) and gives, who does it.

    Exactly one of `act` (a job of the database thread), `steps` (one that may be done beside others
    of its `lane`) and `stream` (its own coroutine) is set.
    `ahead` sends what the act will read first, for a device and person not yet looked at.
    """

    method: str
    path: str
    operation: str
    summary: str
    act: Act | None = None
    steps: Stepped | None = None
    lane: Lane | None = None
    ahead: Ahead | None = None
    stream: Stream | None = None
    takes: type[msgspec.Struct] | None = None
    limit: int = MAX_JSON_BYTES
    gives: type[msgspec.Struct] | None = None
    status: int = 200
    signed_in: bool = True
    query: tuple[str, ...] = ()
    binary: str = ""


async def answer(service: Service, endpoint: Endpoint, request: Request) -> Response:
    """Serve one JSON route."""
    refusal: JitError | None = None
    body: Any = None
    if endpoint.takes is not None:
        try:
            data = await read(request, endpoint.limit)
            body = codec.decode_json(endpoint.takes, data)
        except JitError as error:
            refusal = error
            if isinstance(error, LimitExceededError):
                await doorway.drain(request, MAX_PART_BYTES)
    call = Call(
        path=request.path_params,
        query=request.query_params,
        body=body,
        authorization=request.headers.get("authorization", ""),
    )

    reply = await _done(service, endpoint, call, refusal)
    return reply_of(reply, endpoint.status)


async def _done(
    service: Service, endpoint: Endpoint, call: Call, refusal: JitError | None
) -> msgspec.Struct | None:
    """Let the database do it, for who is signed in where that is needed."""
    act, steps = endpoint.act, endpoint.steps

    def stepped(tx: Transaction) -> Steps[msgspec.Struct | None]:
        if endpoint.signed_in:
            if (ask := endpoint.ahead) is not None:
                doorway.ahead(service, call.authorization, partial(ask, tx, call))
            yield from doorway.identifying(service, tx, call.authorization)
        if refusal is not None:
            raise refusal
        if steps is not None:
            return (yield from steps(service, tx, call))
        if act is None:
            raise BugError("A route without a function.")
        return act(service, tx, call)

    return await service.database.run_beside(endpoint.operation, endpoint.lane, stepped)


def reply_of(reply: msgspec.Struct | None, status: int) -> Response:
    """A JSON reply, or an empty one (204)."""
    if reply is None:
        return Response(status_code=204)
    return Response(codec.encode_json(reply), status_code=status, media_type=JSON)


async def read(request: Request, limit: int) -> bytes:
    """The whole body of at most `limit` bytes.

    Raises:
        LimitExceededError: it is longer, or says so.
        MalformedError: the caller hung up.
    """
    check_length(request, limit)
    pieces, size = [], 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size > limit:
                    raise LimitExceededError(f"A request has at most {limit} bytes.")
                pieces.append(piece)
    except (ClientDisconnect, TimeoutError) as error:
        raise MalformedError("The request ended early.") from error
    return b"".join(pieces)


def check_length(request: Request, limit: int) -> int | None:
    """The stated length of the body, before a byte of it is taken.

    Raises:
        LimitExceededError: more than `limit`.
        MalformedError: not a number.
    """
    stated = request.headers.get("content-length")
    if stated is None:
        return None
    if not (stated.isascii() and stated.isdigit()):
        raise MalformedError("The length of the request is not a number.")
    if len(stated) > 15 or int(stated) > limit:
        raise LimitExceededError(f"A request has at most {limit} bytes.")
    return int(stated)


def refuse(service: Service, error: Exception) -> Response:
    """The problem document of an error; what is our bug goes to the operator's log by kind."""
    known = error if isinstance(error, JitError) else BugError("The store failed.")
    if isinstance(known, BugError):
        cause = error.__cause__ or error
        journal.write(journal.Event.FAILED, service.clock(), kind=type(cause))
    elif isinstance(known, DiskError):
        journal.write(journal.Event.DISK, service.clock(), kind=type(known))
    status = status_of(known)
    headers: dict[str, str] = {}
    if isinstance(known, LimitedError):
        headers = {**known.fields, "retry-after": str(known.seconds)}
    elif status in (429, 503, 507):
        headers["retry-after"] = "2"
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(
        codec.encode_json(problem_of(known)),
        status_code=status,
        media_type=PROBLEM,
        headers=headers,
    )


def route(service: Service, endpoint: Endpoint) -> ASGIApp:
    """An ASGI endpoint: limits strangers, serves, and turns every error into a problem."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        began = time.perf_counter()
        service.metrics.in_flight.inc()
        try:
            enter = doorway.admit if endpoint.signed_in else doorway.throttle
            told = enter(service, request)
            if endpoint.stream is not None:
                response = await endpoint.stream(service, endpoint, request)
            else:
                response = await answer(service, endpoint, request)
            if told is not None:
                response.headers.update(told.fields())
            doorway.answered(service, request, let_in=True)
        except Exception as error:  # noqa: BLE001 - every error becomes a problem document
            response = refuse(service, error)
            doorway.refused(service, endpoint.operation, request, error)
            if isinstance(error, LimitedError):
                service.metrics.limited(error.scope)
                await doorway.drain(request, MAX_PART_BYTES)
        finally:
            service.metrics.in_flight.dec()
        spent = time.perf_counter() - began
        service.metrics.request(endpoint.operation, response.status_code, spent)
        await response(scope, receive, send)

    return serve


def hardened(app: ASGIApp) -> ASGIApp:
    """Put the headers of docs/protocol/70-store.md §8 on every answer; no banner."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await app(scope, receive, send_hardened if scope["type"] == "http" else send)

    return serve
