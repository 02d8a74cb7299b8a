"""Unlocked profiles without a network: a few lines of honest store carry what they post.

Databases, cryptography and the functions of `jitclient` are the real ones. Every profile lives on
the database thread of its own session, as in the product: use `Office.on` for what belongs there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from crypto import devicelist, message, signatures
from crypto.entropy import SYSTEM
from crypto.signatures import StoreKey
from jitclient import (
    claims,
    following,
    healing,
    opening,
    ports,
    posting,
    prekeys,
    receipts,
    sealing,
    sharing,
)
from jitclient.events import Events
from jitclient.session import Session, Stores
from jitclient.usecases import change_members, create_space, send_message
from localstore import alarms, devices, messages, people, spacelog
from localstore.connection import Connection, open_database, transaction
from localstore.devices import Identity
from localstore.executor import Database
from localstore.people import Person as Row
from localstore.profile import Profile
from protocol.api.accounts import Bundle, PrekeyUpload
from protocol.api.spaces import Delivery
from protocol.content import SpaceCard
from protocol.envelope import Envelope
from protocol.ids import SpaceId, UserId, mailbox_id
from protocol.receipts import StoreReceipt
from protocol.roles import Role
from sync.ports import Outgoing
from tests.jitclient.owndevices import OwnDevices
from tests.support.entropy import Seeded
from tests.support.people import NOW, Person, make_person

T = TypeVar("T")
STORE_KEY = StoreKey.generate(Seeded(b"the store"))


class StoppedClock:
    """Time moves only when a test moves it."""

    def __init__(self, now: int = NOW) -> None:
        self.at = now

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return float(self.at)

    def jitter(self) -> float:
        return 0.5


def open_profile(folder: Path, who: Person, clock: StoppedClock) -> Session:
    """A session over the profile in `folder`, made on first use: opening it again is a restart."""
    profile = Profile(folder)
    database = Database()
    fresh = not profile.device_database.exists()
    device = database.call(
        lambda: open_database(profile.device_database, bytes(range(64)), migrations="device")
    )
    if fresh:
        database.call(lambda: enrolled_identity(device, who))
    identity = database.call(lambda: devices.load_identity(device))
    assert identity is not None
    return Session(
        profile=profile,
        database=database,
        stores=Stores(profile, device),
        identity=identity,
        signing=who.dsk,
        own=who.own,
        clock=clock,
        entropy=SYSTEM,
        events=Events(),
        keyring=False,
    )


def enrolled_identity(device: Connection, who: Person) -> None:
    identity = Identity(
        user=who.user,
        device=who.device,
        user_root=who.root,
        signing_seed=who.dsk.dump(),
        identity_seed=who.dik.dump(),
        name=who.name.title(),
        authority="",
        country="PT",
        party="member-state",
        store_address="localhost:1",
        store_certificate=bytes(32),
        store_key=STORE_KEY.public,
        enrolled_at=NOW,
    )
    with transaction(device):
        devices.save_identity(device, identity)
        people.save_person(device, _row(who, known=True))


def _row(who: Person, *, known: bool) -> Row:
    return Row(
        user=who.user,
        name=who.name.title(),
        authority="",
        country="PT",
        party="member-state",
        device_list=who.signed_list if known else b"",
        user_key=who.user_key if known else None,
    )


@dataclass
class Office(OwnDevices):
    """Some people, their profiles, and what an honest store would hold for them.

    A name stands for one device. `link` gives a person another one, under a name of its own.
    """

    folder: Path
    clock: StoppedClock = field(default_factory=StoppedClock)
    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    logs: dict[SpaceId, list[bytes]] = field(default_factory=dict)
    queues: dict[str, list[Delivery]] = field(default_factory=dict)
    uploads: dict[str, PrekeyUpload] = field(default_factory=dict)
    listed: dict[tuple[UserId, bytes], bytes] = field(default_factory=dict)
    newest: dict[UserId, bytes] = field(default_factory=dict)
    positions: int = 0

    def join(self, *names: str) -> None:
        """Enrol people, all in one another's directory."""
        for name in names:
            self.open(name, make_person(name))
            self.put_list(self.people[name].user, self.people[name].signed_list)
        for name in names:
            for other in names:
                if other != name:
                    self.introduce(name, other)

    def open(self, name: str, who: Person) -> None:
        """Make the profile of one device."""
        self.people[name] = who
        self.sessions[name] = open_profile(self.folder / name, who, self.clock)
        self.queues[name] = []
        self.uploads[name] = self.on(name, prekeys.first)

    def put_list(self, user: UserId, signed: bytes) -> None:
        """Take in a person's next device list; every one stays to be had by its hash."""
        self.listed[(user, devicelist.list_head(signed))] = signed
        self.newest[user] = signed

    def introduce(self, name: str, other: str) -> None:
        """Let somebody find somebody else in the directory."""
        self.on(name, _introduce, self.people[other])

    def on(self, name: str, function: Callable[..., T], *args: object, **named: object) -> T:
        """Call `function(session, ...)` on the database thread of somebody."""
        session = self.sessions[name]
        return session.database.call(lambda: function(session, *args, **named))

    def stop(self, name: str) -> None:
        """Close somebody's profile."""
        session = self.sessions.pop(name)
        session.database.call(session.stores.close)
        session.database.close()
        session.profile.close()

    def restart(self, name: str) -> Session:
        """Close and open again: nothing survives but what was committed."""
        self.stop(name)
        return self.reopen(name)

    def reopen(self, name: str) -> Session:
        """Open the profile of somebody who stopped."""
        self.sessions[name] = open_profile(self.folder / name, self.people[name], self.clock)
        return self.sessions[name]

    def close(self) -> None:
        """Close everything."""
        for name in tuple(self.sessions):
            self.stop(name)

    # --- what a person does ------------------------------------------------------------------

    def open_space(self, creator: str, *members: str) -> SpaceId:
        """A space with these members, all of whom have read its log and their welcome."""
        card = SpaceCard(version=1, title="Albatross", agreement=f"JIT {len(self.logs)}")
        terms = create_space._Terms(signed_on="2026-05-01", retention_days=0, verified_only=False)
        space, genesis = self.on(creator, create_space._write, card, terms)
        self.on(creator, create_space._opened, space)
        self.logs[space] = [genesis]
        for member in members:
            self.add(creator, space, member)
        self.exchange(space, creator, *members, rounds=3)
        return space

    def add(self, admin: str, space: SpaceId, who: str, role: Role | None = None) -> None:
        """Append an addition and let the administrator follow it."""
        person = self.people[who]
        self.on(admin, change_members._save_keys, person.user, self.newest[person.user])
        signed = self.on(admin, change_members._addition, space, person.user, role)
        self.append(admin, space, signed)

    def append(self, admin: str, space: SpaceId, signed: bytes) -> None:
        """Put an entry into the log; its author reads it back."""
        self.logs[space].append(signed)
        self.follow(admin, space)

    def remove(self, admin: str, space: SpaceId, who: str) -> None:
        """Append a removal and let the administrator follow it."""
        signed = self.on(admin, change_members._removal, space, self.people[who].user, "Left")
        self.append(admin, space, signed)

    def write(self, name: str, space: SpaceId, text: str) -> bytes:
        """Save a message; returns its id."""
        return self.on(name, send_message._write, space, text, None).message

    # --- what the engine does ----------------------------------------------------------------

    def follow(self, name: str, space: SpaceId, entries: Sequence[bytes] | None = None) -> int:
        """Offer a log (the honest one without `entries`) from where somebody stands."""
        known = self.on(name, following.known)
        if space not in known:
            self.on(name, following._adopt, space)
        start = self.on(name, following.known).get(space, -1) + 1
        page = self.logs[space][start:] if entries is None else entries
        return self.on(name, following.page, space, page, self.listed)

    def bundles(self, name: str, space: SpaceId) -> None:
        """Claim the bundles somebody wants."""
        for wanted_space, device in self.on(name, ports._sessions_wanted):
            owner = next(n for n, p in self.people.items() if p.device == device)
            if wanted_space == space:
                self.on(name, claims.keep, space, device, self.bundle(owner))

    def bundle(self, owner: str) -> Bundle:
        """A bundle with one-time keys that are handed out once."""
        upload = self.uploads[owner]
        self.uploads[owner] = PrekeyUpload(
            signed=upload.signed, one_time=upload.one_time[1:], kems=upload.kems[1:]
        )
        return Bundle(
            device=self.people[owner].device,
            signed=upload.signed,
            one_time=upload.one_time[0] if upload.one_time else None,
            kem=upload.kems[0] if upload.kems else None,
        )

    def post(self, name: str, space: SpaceId) -> int:
        """Seal and post what is due; returns how many messages left."""
        self.bundles(name, space)
        if not self.queues[name]:
            self.on(name, healing.ask, space)
        self.on(name, sealing.seal_waiting, space)
        self.on(name, receipts.flush, space)
        self.on(name, sharing.flush, space)
        self.on(name, sealing.seal_waiting, space)
        due = self.on(name, posting.due, space, self.clock.now())
        for item in due:
            self.queue(item)
            self.on(name, posting.accepted, item, receipt_for(item))
        return len(due)

    def queue(self, item: Outgoing) -> None:
        """Put the envelopes of a post into the queues they are addressed to."""
        for packed in item.request.envelopes:
            envelope = Envelope.unpack(packed)
            for name, person in self.people.items():
                if envelope.to == mailbox_id(item.space, person.device):
                    self.positions += 1
                    self.queues[name].append(
                        Delivery(
                            index=self.positions,
                            space=item.space,
                            message=item.message,
                            envelope=packed,
                            body=item.request.body,
                        )
                    )

    def deliver(self, name: str) -> int:
        """Deliver somebody's queue; what is acknowledged leaves it. Returns how much stayed."""
        self.queues[name] = [
            item for item in self.queues[name] if not self.on(name, opening.deliver, item)
        ]
        self.on(name, ports._count_unread)
        return len(self.queues[name])

    def take(self, name: str) -> int:
        """Deliver a queue through the port of the engine; returns how much stayed."""
        items = self.queues[name]
        taken = asyncio.run(_take(self.sessions[name], items))
        self.queues[name] = [item for item in items if item.index not in taken]
        return len(self.queues[name])

    def send(self, name: str) -> int:
        """Seal and post what is due in all spaces through the ports; how many messages left."""
        due = asyncio.run(_due(self.sessions[name], self.clock.now()))
        for item in due:
            self.queue(item)
            self.on(name, posting.accepted, item, receipt_for(item))
        return len(due)

    def exchange(self, space: SpaceId, *names: str, rounds: int = 2) -> None:
        """Rounds of these people in turn."""
        for _ in range(rounds):
            for name in names:
                self.follow(name, space)
                self.deliver(name)
                self.post(name, space)

    # --- what a test asks --------------------------------------------------------------------

    def alarms(self, name: str) -> list[str]:
        """Codes of the standing alarms, oldest first."""
        return [a.code for a in self.on(name, lambda s: alarms.alarms(s.stores.device))]

    def texts(self, name: str, space: SpaceId) -> list[str]:
        """The conversation as one person reads it."""
        rows = self.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
        return [r.text for r in rows if r.kind == "text"]

    def entries(self, name: str, space: SpaceId) -> list[bytes]:
        """The log as somebody stored it."""
        return self.on(name, lambda s: spacelog.entries(s.stores.space(space)))


async def _take(session: Session, items: Sequence[Delivery]) -> Sequence[int]:
    return await ports.MailboxPort(session).deliver(items)


async def _due(session: Session, now: int) -> Sequence[Outgoing]:
    await ports.SessionsPort(session).wanted()
    await ports.SessionsPort(session).ask_again()
    await ports.ReceiptsPort(session).flush()
    await ports.SessionsPort(session).seal_waiting()
    return await ports.OutboxPort(session).due(now)


def _introduce(session: Session, who: Person) -> None:
    with transaction(session.stores.device):
        people.save_person(session.stores.device, _row(who, known=False))


def receipt_for(item: Outgoing, /, key: StoreKey = STORE_KEY, **changed: bytes) -> bytes:
    """The store's receipt for a post, or one with changed fields."""
    fields: dict[str, bytes] = {
        "space": item.space,
        "item": item.message,
        "subject": message.body_digest(item.request.body),
        **changed,
    }
    record = StoreReceipt(version=1, stored_at=NOW, **fields)
    return signatures.sign_store(key, record)
