"""The store's routes for linking a device; the new one uses them before it has a session.

Nothing that is read here proves anything: `crypto.linking` decides.
Spec: docs/protocol/21-linking.md, docs/protocol/70-store.md §3.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from protocol.api import accounts, paths
from protocol.limits import KIB, MAX_LINK_BYTES
from sync.session import StoreSession
from sync.transport import Transport

_REPLY_BYTES: Final = 2 * MAX_LINK_BYTES * 4 // 3 + 4 * KIB


class LinkApi:
    """A slot at one store. `request` and `look` need no session, the rest does."""

    def __init__(self, transport: Transport, session: StoreSession) -> None:
        self._transport = transport
        self._session = session

    async def begin(self, slot: bytes) -> None:
        """Open an empty slot (16 B) for LINK_SECONDS; an earlier one of this device is closed.

        Idempotent.
        """

        async def send(token: str) -> None:
            body = accounts.LinkOpenRequest(slot=slot)
            await self._transport.request("POST", paths.LINKS, body=body, token=token)

        await self._session.use(send)

    async def look(self, slot: bytes, *, after: int = 0, wait: int = 0) -> accounts.LinkReply:
        """What was left in a slot.

        Args:
            slot: its id.
            after: how many pieces (0: none, 1: the request) the caller has seen.
            wait: seconds, at most 25, that the store may wait for more than that.

        Raises:
            NotFoundError: withdrawn, over, or never there.
        """
        target = f"{paths.link(slot)}?{urlencode({'after': after, 'wait': wait})}"
        kind = accounts.LinkReply
        return await self._transport.request("GET", target, reply=kind, limit=_REPLY_BYTES)

    async def request(self, slot: bytes, data: bytes) -> None:
        """Leave the encoded `LinkRequest`, once. Idempotent with the same bytes.

        Raises:
            NotFoundError: there is no such slot.
            ConflictError: somebody left another request there.
        """
        body = accounts.LinkPut(data=data)
        await self._transport.request("PUT", paths.link_request(slot), body=body)

    async def grant(self, slot: bytes, data: bytes) -> None:
        """Leave the encoded `SealedGrant` in one's own slot, once. Idempotent."""

        async def send(token: str) -> None:
            body = accounts.LinkPut(data=data)
            await self._transport.request("PUT", paths.link_grant(slot), body=body, token=token)

        await self._session.use(send)

    async def end(self, slot: bytes) -> None:
        """Close a slot of this person: withdrawn, or done with. Idempotent."""

        async def send(token: str) -> None:
            await self._transport.request("DELETE", paths.link(slot), token=token)

        await self._session.use(send)
