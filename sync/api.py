"""The store's resources as methods: one per route, structs of `protocol.api` in and out.

Signs in by itself when a request needs it, and once more when the store has forgotten the
session. Nothing received here is verified: receipts, logs, bundles and device lists go as bytes to
those who hold the keys. Spec: docs/protocol/70-store.md.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final, TypeVar
from urllib.parse import urlencode

import msgspec

from protocol.api import accounts, files, paths
from protocol.api import spaces as rooms
from protocol.ids import DeviceId, FileId, SpaceId, UserId
from protocol.limits import (
    KIB,
    MAX_ENVELOPE_BYTES,
    MAX_JSON_BYTES,
    MAX_LOG_ENTRY_BYTES,
    MAX_LOG_PAGE,
    MAX_PARTS,
    MAX_SEALED_BODY_BYTES,
    MIB,
)
from sync.accesslog import LogApi
from sync.eventstream import EventParser
from sync.filecalls import file_bytes
from sync.links import LinkApi
from sync.returning import ReturnApi
from sync.session import SignIn, StoreSession
from sync.transport import Transport

__all__ = ["SignIn", "StoreApi"]

T = TypeVar("T", bound=msgspec.Struct)

MAX_DIRECTORY_BYTES: Final = 16 * MIB
_BASE64_NUMERATOR: Final = 4
_BASE64_DENOMINATOR: Final = 3
_FIELD_BYTES: Final = 512
"""Room for names, braces and numbers of one element of a page."""


class StoreApi:
    """Every route of one store.

    Args:
        transport: the connection; whoever made it closes it.
        sign_in: signs the store's nonce with this device's key. None before enrolment: then only
            `server`, `enrol`, and of `links` what a new device needs, can be used.
        token: of a session that was started elsewhere, to go on with until the store ends it.
    """

    def __init__(self, transport: Transport, sign_in: SignIn | None, token: str = "") -> None:
        self._transport = transport
        self._session = StoreSession(transport, sign_in, token)
        self.links = LinkApi(transport, self._session)
        self.returns = ReturnApi(transport, self._session)
        self.access_log = LogApi(transport, self._session)

    # --- accounts ----------------------------------------------------------------------------

    async def server(self) -> accounts.ServerReply:
        """Who answers. Needs no sign-in."""
        return await self._transport.request("GET", paths.SERVER, reply=accounts.ServerReply)

    async def statements(self) -> tuple[bytes, ...]:
        """What the store states of its certificates, unverified. Needs no sign-in."""
        return await self._transport.statements()

    async def enrol(self, request: accounts.EnrolRequest) -> accounts.User:
        """Spend the invitation. Needs no sign-in.

        Raises:
            InvitationError: used, expired or unknown.
        """
        return await self._transport.request(
            "POST", paths.ENROLMENTS, body=request, reply=accounts.User
        )

    async def sign_in(self) -> None:
        """Start a session, whether or not there is one.

        Raises:
            NotEnrolledError: this profile holds no key to sign with.
            NotSignedInError: the store does not accept this device.
        """
        await self._session.renew()

    async def token(self, *, stale: str | None = None) -> str:
        """The bearer token of the session, starting one when needed.

        Args:
            stale: a token the store has just refused; another is fetched unless somebody else
                has done so already.
        """
        return await self._session.token(stale=stale)

    async def sign_out(self) -> None:
        """End the session at the store, if there is one."""
        await self._session.end()

    async def users(self) -> accounts.UsersReply:
        """The directory."""
        return await self._ask("GET", paths.USERS, accounts.UsersReply, limit=MAX_DIRECTORY_BYTES)

    async def device_list(self, user: UserId, head: bytes | None = None) -> bytes:
        """The newest `Signed` DeviceList of a user, or the one of that hash (32 B); unverified.

        Raises:
            NotFoundError: nobody of that id is enrolled, or he never had that list.
        """
        kind = accounts.DeviceListReply
        return (await self._ask("GET", paths.device_list(user, head), kind)).device_list

    async def put_device_list(self, user: UserId, device_list: bytes) -> None:
        """Publish the next device list of one's own."""
        body = accounts.DeviceListUpdate(device_list=device_list)
        await self._tell("PUT", paths.device_list(user), body)

    async def own_devices(self) -> Sequence[accounts.OwnDeviceRow]:
        """What the store knows of this person's devices, revoked ones included."""
        return (await self._ask("GET", paths.DEVICES, accounts.OwnDevicesReply)).devices

    async def put_prekeys(self, upload: accounts.PrekeyUpload) -> accounts.PrekeyCount:
        """Publish prekeys; answers how many the store has now."""
        return await self._ask("PUT", paths.PREKEYS, accounts.PrekeyCount, upload)

    async def prekey_count(self) -> accounts.PrekeyCount:
        """How many one-time keys of this device the store still has."""
        return await self._ask("GET", paths.PREKEYS, accounts.PrekeyCount)

    # --- spaces ------------------------------------------------------------------------------

    async def create_space(self, genesis: bytes) -> None:
        """Register a space by its `Signed` Genesis. Idempotent."""
        await self._tell("POST", paths.SPACES, rooms.CreateSpaceRequest(genesis=genesis))

    async def spaces(self) -> rooms.SpacesReply:
        """The spaces the store lists for this user."""
        return await self._ask("GET", paths.SPACES, rooms.SpacesReply, limit=4 * MAX_JSON_BYTES)

    async def log(self, space: SpaceId, start: int) -> rooms.LogReply:
        """`Signed` entries of the membership log from number `start`, at most MAX_LOG_PAGE."""
        return await self._ask(
            "GET",
            paths.log(space),
            rooms.LogReply,
            query={"from": start},
            limit=_page_bytes(MAX_LOG_PAGE, MAX_LOG_ENTRY_BYTES),
        )

    async def append(self, space: SpaceId, entry: bytes) -> None:
        """Append one `Signed` Entry.

        Raises:
            LogMovedError: somebody else appended first: read the log and decide again.
        """
        await self._tell("POST", paths.log(space), rooms.AppendRequest(entry=entry))

    async def claim_bundle(self, space: SpaceId, device: DeviceId) -> accounts.Bundle:
        """Claim one prekey bundle of a co-member's device; each call uses one-time keys up."""
        return await self._ask("POST", paths.bundle(space, device), accounts.Bundle)

    # --- messages ----------------------------------------------------------------------------

    async def post_message(
        self, space: SpaceId, request: rooms.PostMessageRequest
    ) -> rooms.PostedReply:
        """Post one sealed message; the store's receipt for it, and for whom there is no room.

        Idempotent by message id.

        Raises:
            RecipientsChangedError: an envelope addresses a device outside the roster.
        """
        return await self._ask("POST", paths.messages(space), rooms.PostedReply, request)

    async def mailbox(self, after: int, limit: int) -> rooms.MailboxReply:
        """At most `limit` deliveries with an index above `after`, oldest first."""
        return await self._ask(
            "GET",
            paths.MAILBOX,
            rooms.MailboxReply,
            query={"after": after, "limit": limit},
            limit=_page_bytes(limit, MAX_SEALED_BODY_BYTES + MAX_ENVELOPE_BYTES),
        )

    async def ack(self, indexes: Sequence[int]) -> None:
        """These deliveries are safe here; the store may delete them."""
        await self._tell("POST", paths.MAILBOX_ACK, rooms.AckRequest(indexes=tuple(indexes)))

    async def events(self) -> AsyncGenerator[rooms.Wake | rooms.Delivery, None]:
        """Wake-ups and deliveries until the stream ends. Reconnecting is the caller's.

        The first one is made here, when the stream is open: what came before nobody told.
        Iterate inside `contextlib.aclosing`: leaving the loop early must close the line.

        Raises:
            StoreUnreachableError: the line broke or fell silent.
            MalformedError: not an event stream, or beyond its limits.
        """
        async with AsyncExitStack() as stack:

            async def open_stream(token: str) -> AsyncIterator[bytes]:
                stream = self._transport.stream(paths.EVENTS, token=token)
                return await stack.enter_async_context(stream)

            parser = EventParser()
            chunks = await self._session.use(open_stream)
            yield rooms.Wake(what="connected")
            async for chunk in chunks:
                for told in parser.feed(chunk):
                    yield told

    # --- files -------------------------------------------------------------------------------

    async def file_state(
        self, space: SpaceId, file: FileId, *, parts: int = MAX_PARTS
    ) -> files.FileReply:
        """Where the store stands with a file of at most `parts` parts."""
        return await self._ask(
            "GET", paths.file(space, file), files.FileReply, limit=file_bytes(parts)
        )

    async def withdraw_file(self, space: SpaceId, file: FileId, withdrawal: bytes) -> None:
        """Hand in a `Signed` Withdrawal of one's own file."""
        await self._tell("POST", paths.withdraw(space, file), files.ProofRequest(proof=withdrawal))

    # --- closing -----------------------------------------------------------------------------

    async def wipes(self, space: SpaceId) -> Sequence[bytes]:
        """The `Signed` WIPED receipts of a closed space, unverified."""
        return (await self._ask("GET", paths.wipes(space), rooms.WipesReply)).receipts

    async def post_wipe(self, space: SpaceId, receipt: bytes) -> None:
        """Hand in this device's WIPED receipt. Idempotent."""
        await self._tell("POST", paths.wipes(space), rooms.WipeRequest(receipt=receipt))

    # --- how ---------------------------------------------------------------------------------

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: msgspec.Struct | None = None,
        *,
        query: Mapping[str, int] | None = None,
        limit: int = MAX_JSON_BYTES,
    ) -> T:
        target = path if query is None else f"{path}?{urlencode(query)}"

        async def send(token: str) -> T:
            return await self._transport.request(
                method, target, body=body, token=token, reply=kind, limit=limit
            )

        return await self._session.use(send)

    async def _tell(self, method: str, path: str, body: msgspec.Struct) -> None:
        async def send(token: str) -> None:
            await self._transport.request(method, path, body=body, token=token)

        await self._session.use(send)


def _page_bytes(count: int, element: int) -> int:
    """The longest JSON of `count` elements that carry `element` bytes in base64."""
    each = element * _BASE64_NUMERATOR // _BASE64_DENOMINATOR + _FIELD_BYTES
    return count * each + 4 * KIB
