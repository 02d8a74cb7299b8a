"""What happens before a request reaches the database: is it one too many?

Strangers are counted by address, sessions by device, account and space.
Spec: docs/protocol/70-store.md §8.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from starlette.requests import ClientDisconnect, Request

from centralstore import authn
from centralstore.database import Transaction
from centralstore.errors import status_of
from centralstore.limiter import Told, spend
from centralstore.service import Service
from centralstore.steps import Steps, settled
from protocol.errors import JitError, NotFoundError
from protocol.ids import DeviceId, UserId

_DRAIN_SECONDS: Final = 60.0
_DOORS: Final = {
    "session.begin": "sign-in",
    "account.enrol": "invitation",
    "recovery.recover": "invitation",
}


def throttle(service: Service, request: Request) -> Told | None:
    """Take one token of the caller's address; what comes from a proxy, the proxy counts.

    Returns what is left, where that is little.

    Raises:
        LimitedError: none is left (429).
    """
    address = address_of(request)
    if address in service.proxies:
        return None
    return spend(service.limiter, "address", address, service.clock())


def admit(service: Service, request: Request) -> Told | None:
    """Count a request that brings a session; the limit of which little is left, if one is.

    Raises:
        LimitedError: its device, account or space asks too often (429).
    """
    session = _session(request.headers.get("authorization", ""))
    return service.rates.admit(session, service.clock(), request.path_params.get("space", ""))


def answered(service: Service, request: Request, *, let_in: bool) -> None:
    """Remember whether the space of a request let its session in."""
    if space := request.path_params.get("space", ""):
        session = _session(request.headers.get("authorization", ""))
        service.rates.entered(session, space, let_in=let_in)


def refused(service: Service, operation: str, request: Request, error: Exception) -> None:
    """Count who was not let in."""
    status = status_of(error) if isinstance(error, JitError) else 500
    if isinstance(error, NotFoundError):
        answered(service, request, let_in=False)
    if status == 401:
        missed(service, request)
        service.metrics.not_let_in("session")
    elif status == 403 and operation in _DOORS:
        service.metrics.not_let_in(_DOORS[operation])


def missed(service: Service, request: Request) -> None:
    """A session that is none: guessing is limited like everything else that needs no session."""
    address = address_of(request)
    if address not in service.proxies:
        service.limiter.take(address, service.clock())


def identify(service: Service, tx: Transaction, authorization: str) -> int:
    """`identifying`, at once."""
    return settled(tx.conn, identifying(service, tx, authorization))


def identifying(service: Service, tx: Transaction, authorization: str) -> Steps[int]:
    """`authn.identify`, and remember whose session it is; returns when it ends.

    Raises:
        TryAgainError: `not-signed-in`.
    """
    until = yield from authn.identify(tx, authorization)
    service.rates.learn(_session(authorization), tx.device, tx.user)
    return until


def ahead(service: Service, authorization: str, ask: Callable[[DeviceId, UserId], None]) -> None:
    """Let what a known session will ask for leave with the question whether it still is one.

    `ask` only reads, and nothing of it is answered to anybody who is then not let in.
    """
    known = service.rates.whose(_session(authorization))
    if known is not None:
        with suppress(JitError):  # the act itself says what is wrong, to whom is let in
            ask(*known)


async def drain(request: Request, limit: int) -> None:
    """Take the rest of a refused body, so that its sender reads the refusal, not a broken line.

    Of a body that says to be longer than `limit` nothing is taken.
    """
    stated = request.headers.get("content-length", "0")
    if len(stated) > 15 or not stated.isdigit() or int(stated) > limit:
        return
    left = limit
    with suppress(ClientDisconnect, TimeoutError, RuntimeError):  # the last: it was taken before
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for piece in request.stream():
                left -= len(piece)
                if left < 0:
                    return


def address_of(request: Request) -> str:
    """The address a request came from; empty where there is none."""
    return request.client.host if request.client else ""


def _session(authorization: str) -> bytes:
    return authn.digest(authorization.partition(" ")[2].encode())
