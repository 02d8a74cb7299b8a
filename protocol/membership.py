"""The membership log of a space: who belongs to it, by signed, hash-chained entries.

These are the records and the rules; signatures are checked in `crypto.membership` (client) and in
`centralstore.policy` (second, independent check). Only this log decides who receives a message;
the store can order entries, never author one. Spec: docs/protocol/41-membership.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from protocol.errors import RefusedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.limits import MAX_DEVICES_PER_SPACE
from protocol.records import Bytes16, Bytes32, Counter, Record, UnixTime, Version
from protocol.roles import ADMINISTRATOR_PARTIES, Party, Right, Role, allows, may_hold

SUITE: Final = 1
NO_PREVIOUS: Final = bytes(32)


class EntryRefusedError(RefusedError):
    """A log entry breaks a rule of the log."""

    code = "log-entry-refused"


class EntryKind(Enum):
    """What an entry does. An unknown kind is refused, never skipped."""

    ADD = "add"
    REMOVE = "remove"
    ROLE = "role"
    DEVICES = "devices"
    CLOSE = "close"


class Genesis(Record, tag="genesis", frozen=True):
    """Entry 0. Its hash is the space's id, so nothing in it can change later.

    `agreement` is BLAKE2b-256 of the normalised agreement reference (the store refuses a second
    space for one JIT by it, R13.1); `card` is the sealed `SpaceCard` with title and reference.
    `user_key` is `key_digest` of the creator's user key.
    """

    version: Version
    suite: Annotated[int, msgspec.Meta(ge=SUITE, le=SUITE)]
    agreement: Bytes32
    signed_on: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", max_length=10)]
    retention_days: Annotated[int, msgspec.Meta(ge=0, le=3650)]
    verified_only: bool
    party: Party
    actor_user: Bytes16
    actor_device: Bytes16
    user_key: Bytes32
    list_seq: Counter
    list_head: Bytes32
    card: Annotated[bytes, msgspec.Meta(min_length=72, max_length=2048)]
    claimed_at: UnixTime


class Cut(Record, tag="cut", frozen=True):
    """The last message of a removed member's device that still counts (I16)."""

    version: Version
    device: Bytes16
    sender_seq: Counter
    head: Bytes32


class Entry(Record, tag="entry", frozen=True):
    """Entry 1 and up. `prev` is `entry_hash` of the entry before; `note` is sealed or empty."""

    version: Version
    space: Bytes16
    seq: Annotated[int, msgspec.Meta(ge=1, le=2**32)]
    prev: Bytes32
    kind: EntryKind
    actor_user: Bytes16
    actor_device: Bytes16
    subject: Bytes16 | None
    role: Role | None
    party: Party | None
    user_key: Bytes32 | None
    list_seq: Counter | None
    list_head: Bytes32 | None
    cut: Annotated[tuple[Cut, ...], msgspec.Meta(max_length=16)]
    note: Annotated[bytes, msgspec.Meta(max_length=2048)]
    claimed_at: UnixTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person in a space, as the log states it."""

    user: UserId
    role: Role
    party: Party
    user_key: bytes  # key_digest of the user signing key, 32 B
    list_seq: int
    list_head: bytes  # record_hash of the device list, 32 B
    added_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A removal: at which entry somebody left, and where the messages of that time end.

    It stays when the person is added again.
    """

    member: Member
    seq: int
    cut: Mapping[DeviceId, int]  # device -> last sender_seq that counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The state of a space after entry `seq`."""

    space: SpaceId
    genesis: Genesis
    seq: int
    head: bytes
    members: Mapping[UserId, Member]
    removed: Mapping[UserId, Removal] = field(default_factory=lambda: MappingProxyType({}))
    closed: bool = False
    closed_by: UserId | None = None
    close_note: bytes = b""

    def administrators(self) -> tuple[UserId, ...]:
        """Users who may administer, in id order."""
        return tuple(
            user for user, m in sorted(self.members.items()) if allows(m.role, Right.ADMINISTER)
        )


def record_hash(body: bytes) -> bytes:
    """BLAKE2b-256 of a record's bytes, as chained by `prev` fields (person jitc1record)."""
    return hashlib.blake2b(body, digest_size=32, person=b"jitc1record").digest()


entry_hash = record_hash


def key_digest(user_key: bytes) -> bytes:
    """BLAKE2b-256 of an encoded `SigningPublic` (person jitc1userkey)."""
    return hashlib.blake2b(user_key, digest_size=32, person=b"jitc1userkey").digest()


def agreement_digest(reference: str) -> bytes:
    """BLAKE2b-256 of a JIT agreement reference, case and spacing folded (person jitc1agreement)."""
    folded = " ".join(reference.split()).casefold().encode()
    return hashlib.blake2b(folded, digest_size=32, person=b"jitc1agreement").digest()


def space_id(genesis_body: bytes) -> SpaceId:
    """Name a space by its genesis: BLAKE2b-128 (person jitc1space)."""
    return SpaceId(hashlib.blake2b(genesis_body, digest_size=16, person=b"jitc1space").digest())


def begin(genesis: Genesis, body: bytes) -> Roster:
    """The roster after the genesis.

    Raises:
        EntryRefusedError: the creator's party may not administer (R14.1).
    """
    if genesis.party not in ADMINISTRATOR_PARTIES:
        raise EntryRefusedError(
            "A space is opened by an administrator from a Member State or the EPPO.",
            code="administrator-not-eligible",
        )
    creator = Member(
        user=UserId(genesis.actor_user),
        role=Role.ADMINISTRATOR,
        party=genesis.party,
        user_key=genesis.user_key,
        list_seq=genesis.list_seq,
        list_head=genesis.list_head,
        added_seq=0,
    )
    return Roster(
        space=space_id(body),
        genesis=genesis,
        seq=0,
        head=entry_hash(body),
        members=MappingProxyType({creator.user: creator}),
    )


def extend(roster: Roster, entry: Entry, body: bytes) -> Roster:
    """The roster after one more entry; pure, the same for every client and for the store.

    Raises:
        EntryRefusedError: the entry does not follow `roster`, or its actor had no right to it.
    """
    _check_place(roster, entry)
    step = _STEPS[entry.kind](roster, entry)
    return replace(step, seq=entry.seq, head=entry_hash(body))


def _check_place(roster: Roster, entry: Entry) -> None:
    if entry.space != roster.space:
        raise EntryRefusedError("The entry belongs to another space.", code="other-space")
    if entry.seq != roster.seq + 1 or entry.prev != roster.head:
        raise EntryRefusedError("The entry does not follow the last one.", code="log-broken")
    if roster.closed:
        raise EntryRefusedError("The space is closed.", code="space-closed")
    actor = roster.members.get(UserId(entry.actor_user))
    if actor is None:
        raise EntryRefusedError("The author of the entry is not a member.", code="not-a-member")
    own_devices = entry.kind is EntryKind.DEVICES and entry.subject == entry.actor_user
    if not own_devices and not allows(actor.role, Right.ADMINISTER):
        raise EntryRefusedError("Only an administrator may do this.", code="not-administrator")


def _add(roster: Roster, entry: Entry) -> Roster:
    subject, role, party = entry.subject, entry.role, entry.party
    if subject is None or role is None or party is None:
        raise EntryRefusedError("An addition names user, role and party.", code="incomplete")
    if entry.user_key is None or entry.list_seq is None or entry.list_head is None:
        raise EntryRefusedError("An addition names the user's keys.", code="incomplete")
    if subject in roster.members:
        raise EntryRefusedError("This person is a member already.", code="already-member")
    if not may_hold(party, role):
        raise EntryRefusedError(
            f"A representative of {party.value} may not be {role.value}.",
            code="role-not-eligible",
        )
    if len(roster.members) >= MAX_DEVICES_PER_SPACE:
        raise EntryRefusedError("The space is full.", code="space-full")
    member = Member(
        user=UserId(subject),
        role=role,
        party=party,
        user_key=entry.user_key,
        list_seq=entry.list_seq,
        list_head=entry.list_head,
        added_seq=entry.seq,
    )
    # An earlier removal stays on record: its cut still ends what was written before it.
    return replace(roster, members=MappingProxyType({**roster.members, member.user: member}))


def _remove(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    rest = {user: m for user, m in roster.members.items() if user != member.user}
    if not any(allows(m.role, Right.ADMINISTER) for m in rest.values()):
        raise EntryRefusedError("A space keeps at least one administrator.", code="last-admin")
    cut = {DeviceId(c.device): c.sender_seq for c in entry.cut}
    gone = Removal(member=member, seq=entry.seq, cut=MappingProxyType(cut))
    return replace(
        roster,
        members=MappingProxyType(rest),
        removed=MappingProxyType({**roster.removed, member.user: gone}),
    )


def _role(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    if entry.role is None or not may_hold(member.party, entry.role):
        raise EntryRefusedError("This party may not hold that role.", code="role-not-eligible")
    changed = {**roster.members, member.user: replace(member, role=entry.role)}
    if not any(allows(m.role, Right.ADMINISTER) for m in changed.values()):
        raise EntryRefusedError("A space keeps at least one administrator.", code="last-admin")
    return replace(roster, members=MappingProxyType(changed))


def _devices(roster: Roster, entry: Entry) -> Roster:
    member = _subject(roster, entry)
    if entry.actor_user != member.user or entry.list_seq is None or entry.list_head is None:
        raise EntryRefusedError("Devices are changed by their owner.", code="incomplete")
    if entry.list_seq <= member.list_seq:
        raise EntryRefusedError("A device list never goes back.", code="list-rollback")
    newer = replace(member, list_seq=entry.list_seq, list_head=entry.list_head)
    return replace(roster, members=MappingProxyType({**roster.members, member.user: newer}))


def _close(roster: Roster, entry: Entry) -> Roster:
    return replace(roster, closed=True, closed_by=UserId(entry.actor_user), close_note=entry.note)


def _subject(roster: Roster, entry: Entry) -> Member:
    member = roster.members.get(UserId(entry.subject or b""))
    if member is None:
        raise EntryRefusedError("The person named is not a member.", code="not-a-member")
    return member


_STEPS = {
    EntryKind.ADD: _add,
    EntryKind.REMOVE: _remove,
    EntryKind.ROLE: _role,
    EntryKind.DEVICES: _devices,
    EntryKind.CLOSE: _close,
}
