"""Pinned connections to one store, also when its certificate is renewed.

Another certificate counts only where the store's long-term key vouches for it.
Spec: docs/protocol/70-store.md §1, 74-certificate.md §3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from protocol.errors import JitError, StoreIdentityError
from sync.network import Proxy, proxy_for
from sync.tls import pinned_context

Pool = httpx.AsyncHTTPTransport | httpx.AsyncClient
"""The product uses the first; a simulation puts a client in front of its store in one process."""
Judge = Callable[[bytes, bytes | None], Awaitable[bool]]
"""(SHA-256 of another certificate, an unverified statement about it or None for what is known of it
already) -> whether the store's long-term key vouches for it, and it is remembered from now on."""
Ask = Callable[[bytes], Awaitable[tuple[bytes, ...]]]
"""What a server with this certificate states, over a connection that is used for nothing else."""


class Connections:
    """Connections to the certificate `pin`, and to those that follow it. One event loop's.

    Attributes:
        pin: SHA-256 of the certificate that new connections see.
        proxy: what the connections go through; None before the first, and for a direct line.
    """

    def __init__(
        self, pin: bytes, address: tuple[str, int], *, judge: Judge | None, ask: Ask
    ) -> None:
        self.pin = bytes(pin)
        self.proxy: Proxy | None = None
        self._address = address
        self._judge, self._ask = judge, ask
        self._pool: Pool | None = None
        self._retired: list[Pool] = []
        self._building, self._following = asyncio.Lock(), asyncio.Lock()

    async def send(self, request: httpx.Request) -> httpx.Response:
        """A response whose body is still to be read.

        Raises:
            StoreIdentityError: another certificate that nothing vouches for; nothing was sent.
            httpx.HTTPError, OSError: no connection, no answer in time.
        """
        pool = await self._connected()
        try:
            return await _send(pool, request)
        except StoreIdentityError as error:
            if not await self._followed(pool, error.certificate):
                raise
        again = await self._connected()  # none of it was sent before
        return await _send(again, request)

    async def aclose(self) -> None:
        """Close every connection."""
        pools, self._retired, self._pool = [*self._retired, self._pool], [], None
        for pool in pools:
            if pool is not None:
                await pool.aclose()

    def renew(self) -> None:
        """New connections are made by the settings of now; those under way end by themselves."""
        if self._pool is not None:
            self._retired.append(self._pool)
            self._pool = None

    async def _followed(self, pool: Pool, seen: bytes) -> bool:
        """Whether another certificate is the store's; then new connections go to it."""
        async with self._following:
            if pool is not self._pool:
                return True  # another request found it out meanwhile
            if not await self._vouched(seen):
                return False
            # What is under way on the old connections ends by itself.
            self._retired.append(pool)
            self.pin, self._pool = seen, None
        return True

    async def _vouched(self, seen: bytes) -> bool:
        """By what is known already, else by what is stated over a connection for nothing else."""
        if self._judge is None or not seen:
            return False
        if await self._judge(seen, None):
            return True
        try:
            stated = await self._ask(seen)
        except JitError:
            return False
        for one in stated:
            if await self._judge(seen, one):
                return True
        return False

    async def _connected(self) -> Pool:
        async with self._building:
            if self._pool is None:
                # Off the loop: the first TLS context and client block for up to 200 ms.
                self._pool = await asyncio.to_thread(self._build)
            return self._pool

    def _build(self) -> Pool:
        # Only the pool: the client around it costs a third more, for cookies, redirects and
        # authentication that nobody wants.
        context = pinned_context(self.pin)
        limits = httpx.Limits(max_connections=8, max_keepalive_connections=4)
        proxy = self.proxy = proxy_for(*self._address)
        return httpx.AsyncHTTPTransport(
            verify=context,
            limits=limits,
            trust_env=False,
            proxy=None
            if proxy is None
            else httpx.Proxy(f"http://{proxy.name}", headers=proxy.headers),
        )


async def _send(pool: Pool, request: httpx.Request) -> httpx.Response:
    if isinstance(pool, httpx.AsyncClient):
        return await pool.send(request, stream=True)
    return await pool.handle_async_request(request)
