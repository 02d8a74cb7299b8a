"""The session at the store: started on first need, renewed once when the store forgot it.

Spec: docs/protocol/70-store.md §4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from protocol.api import accounts, paths
from protocol.errors import (
    MalformedError,
    NotEnrolledError,
    NotFoundError,
    NotPermittedError,
    NotSignedInError,
)
from sync.transport import Transport

V = TypeVar("V")

SignIn = Callable[[bytes, bytes], bytes]
"""(the store's nonce, SHA-256 of the certificate seen) -> a `Signed` of `Login`."""


class StoreSession:
    """One device's bearer token, shared by all requests in flight."""

    def __init__(self, transport: Transport, sign: SignIn | None, token: str = "") -> None:
        self._transport = transport
        self._sign = sign
        self._token: str | None = token or None
        self._starting = asyncio.Lock()

    async def token(self, *, stale: str | None = None) -> str:
        """The token, starting a session when there is none or `stale` is the current one.

        Raises:
            NotEnrolledError: this profile holds no key to sign with.
            NotSignedInError: the store does not accept this device.
        """
        async with self._starting:
            if self._token is None or self._token == stale:
                self._token = None
                self._token = await self._start()
            return self._token

    async def renew(self) -> None:
        """Start a session, whether or not there is one."""
        await self.token(stale=self._token)

    async def use(self, send: Callable[[str], Awaitable[V]]) -> V:
        """Send with the token, and once more with a new one after a 401."""
        token = await self.token()
        try:
            return await send(token)
        except NotSignedInError:
            # Sessions are short and a restarted store knows none: one new sign-in, not a loop.
            return await send(await self.token(stale=token))

    async def end(self) -> None:
        """End the session at the store, if there is one."""
        token, self._token = self._token, None
        if token is not None:
            await self._transport.request("DELETE", paths.CURRENT_SESSION, token=token)

    async def _start(self) -> str:
        try:
            return await self._sign_in()
        except NotSignedInError:
            # A challenge serves once and not for long; one that was spent or ran out on the way
            # says nothing about this device. The second refusal does.
            return await self._sign_in()

    async def _sign_in(self) -> str:
        if self._sign is None:
            raise NotEnrolledError("This profile is not enrolled yet.")
        challenge = await self._transport.request(
            "POST", paths.CHALLENGES, reply=accounts.ChallengeReply
        )
        login = self._sign(challenge.nonce, self._transport.certificate)
        try:
            session = await self._transport.request(
                "POST",
                paths.SESSIONS,
                body=accounts.SessionRequest(login=login),
                reply=accounts.SessionReply,
            )
        except (NotFoundError, NotPermittedError) as error:
            raise NotSignedInError("The store does not accept this device.") from error
        if not session.token.isascii() or not session.token.isprintable() or not session.token:
            raise MalformedError("The store's session token cannot be used.")
        return session.token
