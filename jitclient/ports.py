"""The engine's ports over this device: each call is one function on the database thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from jitclient import (
    announcing,
    claims,
    devicelists,
    following,
    founding,
    healing,
    housekeeping,
    knowing,
    opening,
    posting,
    prekeys,
    receipts,
    renewal,
    returning,
    sealing,
    sharing,
    spacewise,
    unwelcomed,
    wipe_receipts,
)
from jitclient.queries import indexing
from jitclient.session import Session
from localstore import people, spaces
from localstore.connection import transaction
from localstore.people import Person
from protocol.api.accounts import Bundle, PrekeyCount, PrekeyUpload, User
from protocol.api.spaces import Delivery, SpaceSummary
from protocol.ids import DeviceId, SpaceId, UserId
from sync.api import StoreApi
from sync.ports import NoRoom, Outgoing

T = TypeVar("T")
LIVE = frozenset({"open", "joining"})
_TURN_SECONDS = 0.005  # of the database thread at once: a screen waits behind it


class AccountsPort:
    """Own prekeys, and the directory as a hint."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def prekeys_wanted(self, count: PrekeyCount) -> PrekeyUpload | None:
        """What the store is short of."""
        return await self._session.run(prekeys.wanted, self._session, count)

    async def prekeys_published(self, upload: PrekeyUpload) -> None:
        """The store has taken it."""
        await self._session.run(prekeys.published, self._session, upload)

    async def directory(self, users: Sequence[User]) -> None:
        """Remember names; keep the first key seen for each person."""
        await self._session.run(_directory, self._session, users)


def _directory(session: Session, users: Sequence[User]) -> None:
    """Keep names; a key is learnt when a person is added or appears in a log, never from here."""
    db = session.stores.device
    with transaction(db):
        for user in users:
            known = people.person(db, UserId(user.id))
            if user.id == session.user or (known is not None and _same(known, user)):
                continue
            people.save_person(
                db,
                Person(
                    user=UserId(user.id),
                    name=user.name,
                    authority=user.authority,
                    country=user.country,
                    party=user.party.value,
                    device_list=known.device_list if known else b"",
                    user_key=known.user_key if known else None,
                ),
            )


def _same(known: Person, user: User) -> bool:
    shown = (known.name, known.authority, known.country, known.party)
    return shown == (user.name, user.authority, user.country, user.party.value)


class LogsPort:
    """Membership logs."""

    def __init__(self, session: Session, api: StoreApi) -> None:
        self._session = session
        self._api = api
        self._lists: dict[tuple[UserId, bytes], bytes] = {}

    async def known(self) -> Mapping[SpaceId, int]:
        """Last verified entries."""
        return await self._session.run(following.known, self._session)

    async def listed(self, summaries: Sequence[SpaceSummary]) -> None:
        """Compare lists; finish creating spaces, and hand back what the store lost of others."""
        await founding.finish_creating(self._session, self._api, summaries)
        await self._session.run(following.listed, self._session, summaries)
        await returning.hand_back(self._session, self._api, summaries)

    async def lists_wanted(
        self, space: SpaceId, entries: Sequence[bytes]
    ) -> Sequence[tuple[UserId, bytes]]:
        """Device lists to fetch first."""
        return await self._session.run(
            devicelists.wanted, self._session, space, entries, self._lists
        )

    async def device_list(self, user: UserId, head: bytes, signed: bytes) -> None:
        """Keep a fetched list until its page is verified."""
        self._lists[(user, head)] = signed

    async def page(self, space: SpaceId, entries: Sequence[bytes], seq: int) -> int:
        """Verify and store; at the end of the log see how one stands in it."""
        lists, self._lists = self._lists, {}
        last = await self._session.run(following.page, self._session, space, entries, lists)
        if last == seq:
            await self._session.run(spacewise.attempt, self._session, space, knowing.check_standing)
        return last

    async def announce(self) -> bool:
        """Hand in one's own new device list, and say so in the spaces that name an older one."""
        renewed = await renewal.go_on(self._session, self._api)
        return await announcing.announce(self._session, self._api) or renewed


class MailboxPort:
    """What came."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def deliver(self, items: Sequence[Delivery]) -> Sequence[int]:
        """Open each in order, every one on its own so that the thread stays free between."""
        return [
            item.index for item in items if await self._session.run(_deliver, self._session, item)
        ]

    async def follow_up(self) -> None:
        """Count it beside each space into which something came since; index what is not yet."""
        await self._session.run(_count_unread, self._session)
        while any(await _everywhere(self._session, indexing.settle)):
            pass


def _count_unread(session: Session) -> None:
    for space in tuple(session.touched):
        spacewise.attempt(session, space, Session.count_unread)


def _deliver(session: Session, item: Delivery) -> bool | None:
    return spacewise.attempt(session, SpaceId(item.space), lambda s, _: opening.deliver(s, item))


class SessionsPort:
    """Pairwise sessions."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def wanted(self) -> Sequence[tuple[SpaceId, DeviceId]]:
        """Devices with neither session nor bundle."""
        return await self._session.run(_sessions_wanted, self._session)

    async def bundle(self, space: SpaceId, device: DeviceId, bundle: Bundle) -> None:
        """Check and keep a claimed bundle."""
        await self._session.run(claims.keep, self._session, space, device, bundle)

    async def no_bundle(self, space: SpaceId, device: DeviceId) -> None:
        """The store would not hand one out."""
        await self._session.run(claims.refused, self._session, space, device)

    async def ask_again(self) -> int:
        """Ask for what did not open or never came."""
        return sum(await _everywhere(self._session, healing.ask, unwelcomed.ask))

    async def seal_waiting(self) -> int:
        """Seal what waited."""
        return sum(await _everywhere(self._session, sealing.seal_waiting))


async def _everywhere(session: Session, *functions: Callable[[Session, SpaceId], T]) -> list[T]:
    """What functions give in every live space: few calls, with the thread free in between."""
    found: list[T] = []
    spaces_left: list[SpaceId] | None = None
    while spaces_left is None or spaces_left:
        some, spaces_left = await session.run(_some, session, spaces_left, functions)
        found += some
    return found


def _some(
    session: Session,
    left: list[SpaceId] | None,
    functions: Sequence[Callable[[Session, SpaceId], T]],
) -> tuple[list[T], list[SpaceId]]:
    left = _live_spaces(session) if left is None else left
    found: list[T] = []
    ends = time.perf_counter() + _TURN_SECONDS
    while left and time.perf_counter() < ends:
        space = left.pop(0)
        for function in functions:
            given = spacewise.attempt(session, space, function)
            if given is not None:
                found.append(given)
    return found, left


def _live_spaces(session: Session) -> list[SpaceId]:
    rows = spaces.spaces(session.stores.device)
    return [SpaceId(r.space) for r in rows if r.state in LIVE and r.log_seq >= 0]


def _sessions_wanted(session: Session) -> list[tuple[SpaceId, DeviceId]]:
    found: list[tuple[SpaceId, DeviceId]] = []
    for space in _live_spaces(session):
        found += spacewise.attempt(session, space, claims.wanted) or ()
    return found


class OutboxPort:
    """What waits to be posted."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def due(self, now: int) -> Sequence[Outgoing]:
        """Sealed rows whose time has come."""
        found = await _everywhere(self._session, lambda s, space: posting.due(s, space, now))
        return [item for items in found for item in items]

    async def accepted(self, item: Outgoing, receipt: bytes, no_room: Sequence[NoRoom]) -> None:
        """Verify the store's receipt and mark the message."""
        await self._session.run(posting.accepted, self._session, item, receipt, no_room)

    async def postponed(self, item: Outgoing, until: int, tries: int) -> None:
        """Try again later."""
        await self._session.run(posting.postponed, self._session, item, until, tries)

    async def refused(self, item: Outgoing, code: str, sentence: str) -> None:
        """Never again."""
        await self._session.run(posting.refused, self._session, item, code, sentence)

    async def recipients_changed(self, item: Outgoing) -> None:
        """Leave out who is no longer a member."""
        await self._session.run(posting.recipients_changed, self._session, item)


class ReceiptsPort:
    """Receipts owed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def flush(self) -> int:
        """Queued receipts become messages, and so does the past that was opened to somebody."""
        return sum(await _everywhere(self._session, receipts.flush, sharing.flush))


class ClosingPort:
    """Wiping and telling."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def deadlines(self, now: int) -> None:
        """Wipe what is due; once in a session, look after what stays."""
        await self._session.run(housekeeping.deadlines, self._session, now)
        await self._session.run(housekeeping.tend, self._session)

    async def unposted(self) -> Sequence[tuple[SpaceId, bytes]]:
        """Own wipe receipts to post."""
        return await self._session.run(wipe_receipts.unposted, self._session)

    async def posted(self, space: SpaceId, receipt: bytes) -> None:
        """The store has it."""
        await self._session.run(_wipe_posted, self._session, space, receipt)

    async def watching(self) -> Sequence[SpaceId]:
        """Spaces with unconfirmed devices."""
        return await self._session.run(wipe_receipts.watching, self._session)

    async def received(self, space: SpaceId, receipts_: Sequence[bytes]) -> None:
        """Others' wipe receipts."""
        await self._session.run(wipe_receipts.received, self._session, space, receipts_)


def _wipe_posted(session: Session, space: SpaceId, receipt: bytes) -> None:
    with transaction(session.stores.device):
        spaces.mark_wipe_posted(session.stores.device, space, receipt)
