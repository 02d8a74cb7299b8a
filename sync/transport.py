"""Small requests to the store: one pinned connection pool, strict replies, our errors.

The bulk of evidence does not travel here but over `http.client` lanes (docs/adr/0005). With
`pool.py` and `address.py` this is all that speaks httpx.
Spec: docs/protocol/70-store.md §2.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self, TypeVar, overload

import httpx
import msgspec

from protocol import codec
from protocol.api import paths
from protocol.api.accounts import CertificateReply, Problem
from protocol.errors import (
    LimitExceededError,
    MalformedError,
    StoreIdentityError,
    StoreUnreachableError,
)
from protocol.limits import KIB, MAX_JSON_BYTES
from sync import portal
from sync.address import base_url
from sync.errors import from_answer
from sync.network import refused_by
from sync.pool import Connections, Judge
from sync.replies import MIN_BYTES_PER_SECOND

T = TypeVar("T", bound=msgspec.Struct)

_HEADERS: Final = {"user-agent": "jitclient/1", "accept-encoding": "identity"}
_HTTPS: Final = 443
_MAX_PROBLEM_BYTES: Final = 16 * KIB
_MAX_STATEMENTS_BYTES: Final = 4 * KIB
_STREAM_READ_SECONDS: Final = 90.0
"""The store sends a heartbeat every few seconds; silence this long is a dead line."""
_LOUD_LOGGERS: Final = ("httpx", "httpcore")

if importlib.util.find_spec("sniffio") is None:
    # httpcore looks for it some six times in every request, and each time the whole path is
    # searched: 0.3 ms of one. What is known to be missing is missing at once.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


class Transport:
    """Requests to one store, at `address` (host:port), known by its certificate.

    Belongs to one event loop. Close it with `aclose`, or use it as an async context manager.

    Args:
        address: `host:port`, an IPv6 host in brackets.
        pin: SHA-256 of the store's certificate, 32 bytes.
        timeout: seconds to wait for a connection, and for each piece of a reply.
        judge: whether another certificate is the store's too; without it none is.
    """

    def __init__(
        self,
        address: str,
        pin: bytes,
        *,
        timeout: float,
        judge: Judge | None = None,
    ) -> None:
        self._address, self._base = address, base_url(address)
        self._timeout = timeout
        self._patience = httpx.Timeout(timeout).as_dict()
        url = httpx.URL(self._base)
        self._where = where = (url.host, url.port or _HTTPS)
        self._connections = Connections(pin, where, judge=judge, ask=self._stated)
        self._page: str | None = None
        # At DEBUG they write request headers, and with them the bearer token.
        for name in _LOUD_LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    def certificate(self) -> bytes:
        """SHA-256 of the certificate that new connections of this transport see, 32 bytes."""
        return self._connections.pin

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        reply: type[T],
        body: msgspec.Struct | None = None,
        token: str | None = None,
        limit: int = MAX_JSON_BYTES,
    ) -> T: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        reply: None = None,
        body: msgspec.Struct | None = None,
        token: str | None = None,
        limit: int = MAX_JSON_BYTES,
    ) -> None: ...

    async def request(
        self,
        method: str,
        path: str,
        *,
        reply: type[T] | None = None,
        body: msgspec.Struct | None = None,
        token: str | None = None,
        limit: int = MAX_JSON_BYTES,
    ) -> T | None:
        """Send one request and read its reply, whole, up to `limit` bytes.

        Args:
            method: GET, POST, PUT or DELETE.
            path: one of `protocol.api.paths`, with its query.
            reply: what a success carries; None: its content does not matter.
            body: sent as JSON.
            token: a bearer token.
            limit: the most bytes a successful reply may have.

        Raises:
            StoreUnreachableError: no connection, no answer in time, or the line broke.
            StoreIdentityError: another certificate; nothing was sent.
            MalformedError: the reply does not follow the format or exceeds `limit`.
            JitError: the store's refusal, by `sync.errors.from_answer`.
        """
        headers = {"accept": "application/json", **_bearer(token)}
        if body is not None:
            headers["content-type"] = "application/json"
        content = None if body is None else codec.encode_json(body)
        async with self._exchange(method, path, headers, content=content) as response:
            data = await self._read(response, limit)
        return None if reply is None else decoded(reply, data, limit)

    @asynccontextmanager
    async def stream(self, path: str, *, token: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """GET an endless reply; yields an iterator over its chunks as they come.

        Raises:
            StoreUnreachableError: no connection, or silence for 90 seconds.
            JitError: as for `request`.
        """
        headers = {"accept": "text/event-stream", **_bearer(token)}
        async with self._exchange("GET", path, headers, silence=_STREAM_READ_SECONDS) as response:
            kind = response.headers.get("content-type", "")
            if not kind.startswith("text/event-stream"):
                raise MalformedError("The store answered something else than an event stream.")
            yield response.aiter_raw()

    async def statements(self) -> tuple[bytes, ...]:
        """What the store states of its certificates, unverified. Needs no sign-in."""
        asked = self.request(
            "GET", paths.CERTIFICATE, reply=CertificateReply, limit=_MAX_STATEMENTS_BYTES
        )
        return (await asked).statements

    def renew(self) -> None:
        """The settings of the network changed: new connections are made by them."""
        self._connections.renew()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @asynccontextmanager
    async def _exchange(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        *,
        content: bytes | None = None,
        silence: float | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """A response with a success status whose body is still to be read."""
        request = httpx.Request(
            method,
            f"{self._base}{path}",
            headers={**_HEADERS, **headers},
            content=content,
            extensions={"timeout": {**self._patience, "read": silence or self._timeout}},
        )
        try:
            response = await self._connections.send(request)
            try:
                self._page = _page(response)
                _refuse_coding(response)
                if not response.is_success:
                    await self._refuse(response)
                yield response
            finally:
                await response.aclose()
        except (httpx.HTTPError, OSError) as error:
            raise await self._unreachable(error) from error
        except StoreIdentityError as error:
            if self._page is None:
                raise
            named = StoreIdentityError(portal.SENTENCE)
            named.certificate = error.certificate
            raise named from error

    async def _unreachable(self, error: Exception) -> StoreUnreachableError:
        """What is said of a line that cannot be had, or broke."""
        proxy = self._connections.proxy
        stopped = refused_by(proxy, error)
        if stopped is not None:
            return stopped
        look = proxy is None and portal.no_tls(error)
        if look and await asyncio.to_thread(portal.without_tls, *self._where) is not None:
            return StoreUnreachableError(portal.SENTENCE)
        return StoreUnreachableError(
            "The store cannot be reached. What you did is kept and sent later."
        )

    async def _stated(self, pin: bytes) -> tuple[bytes, ...]:
        """What a server with another certificate states: one GET without a token, and closed."""
        self._page = None
        async with Transport(self._address, pin, timeout=self._timeout) as stranger:
            try:
                return await stranger.statements()
            finally:
                self._page = stranger._page

    async def _refuse(self, response: httpx.Response) -> None:
        if response.status_code < httpx.codes.BAD_REQUEST:
            raise MalformedError("The store answered with a redirection.")
        problem = Problem(status=response.status_code)
        try:
            data = await self._read(response, _MAX_PROBLEM_BYTES)
            problem = codec.decode_json(Problem, data, limit=_MAX_PROBLEM_BYTES)
        except MalformedError:
            pass  # its status says enough
        raise from_answer(response.status_code, problem, response.headers.get("retry-after"))

    async def _read(self, response: httpx.Response, limit: int) -> bytes:
        announced = response.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
            raise LimitExceededError("The store announced a reply that is too long.")
        clock = asyncio.get_running_loop().time
        patience = clock() + self._timeout
        data = bytearray()
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > limit:
                raise LimitExceededError("The store sent a reply that is too long.")
            if clock() > patience + len(data) / MIN_BYTES_PER_SECOND:
                raise StoreUnreachableError("The store answers too slowly.")
        return bytes(data)


def _page(response: httpx.Response) -> str | None:
    kind, location = (response.headers.get(one, "") for one in ("content-type", "location"))
    return portal.page(response.status_code, kind, location)


def _refuse_coding(response: httpx.Response) -> None:
    # A compressed reply could grow without bound after the limit was checked.
    if response.headers.get("content-encoding", "identity") != "identity":
        raise MalformedError("The store sent a compressed reply, which was not asked for.")


def decoded(kind: type[T], data: bytes, limit: int) -> T:
    """A reply's JSON. Raises MalformedError with a sentence that names what it should have been."""
    try:
        return codec.decode_json(kind, data, limit=limit)
    except MalformedError as error:
        sentence = f"The store's {kind.__name__} cannot be read."
        raise type(error)(sentence, code=error.reason) from error


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}
