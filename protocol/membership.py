"""The membership log of a space: who belongs to it, by signed, hash-chained entries.

These are the records; the rules are in `protocol.logrules`, signatures are checked in
`crypto.membership`. Only this log decides who receives a message; the store can order entries,
never author one. Spec: docs/protocol/41-membership.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from protocol.errors import RefusedError
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.records import Bytes16, Bytes32, Counter, Record, UnixTime, Version
from protocol.roles import Party, Right, Role, allows

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
    REKEY = "rekey"
    HISTORY = "history"
    POLICY = "policy"
    CONTROLLER = "controller"
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
    """The last message that still counts of a device that goes: its owner removed, or it revoked.

    `sender_seq` 0: none that was not received before (I16).
    """

    version: Version
    device: Bytes16
    sender_seq: Counter
    head: Bytes32


class Entry(Record, tag="entry", frozen=True):
    """Entry 1 and up. `prev` is `entry_hash` of the entry before; `note` is sealed or empty.

    Which optional fields an entry has follows from its kind (`protocol.logrules`); the others are
    absent. `since` is the first log entry whose messages a HISTORY entry opens to its subject. In a
    CONTROLLER entry `user_key` is that of the administrator who is designated.
    """

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
    since: Counter | None
    verified_only: bool | None
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
class Designation:
    """Who is controller of what a member uploads (R23.2), from entry `since` to before `until`."""

    controller: UserId
    since: int
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The state of a space after entry `seq`."""

    space: SpaceId
    genesis: Genesis
    seq: int
    head: bytes
    members: Mapping[UserId, Member]
    verified_only: bool
    removed: Mapping[UserId, Removal] = field(default_factory=lambda: MappingProxyType({}))
    revoked: Mapping[DeviceId, int] = field(default_factory=lambda: MappingProxyType({}))
    """Devices that a member no longer has -> the last sender_seq of theirs that counts."""
    history: Mapping[UserId, int] = field(default_factory=lambda: MappingProxyType({}))
    """Members who may be told of the past -> the first log entry whose messages they may have."""
    designated: Mapping[UserId, tuple[Designation, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Members from outside -> every controller that their data ever had, oldest first."""
    closed: bool = False
    closed_by: UserId | None = None
    close_note: bytes = b""

    def administrators(self) -> tuple[UserId, ...]:
        """Users who may administer, in id order."""
        return tuple(
            user for user, m in sorted(self.members.items()) if allows(m.role, Right.ADMINISTER)
        )

    def controller(self, user: UserId, seq: int | None = None) -> UserId | None:
        """Who is controller of what `user` uploads now, or was after entry `seq`."""
        at = self.seq if seq is None else seq
        for one in self.designated.get(user, ()):
            if one.since <= at and (one.until is None or at < one.until):
                return one.controller
        return None

    def allows(self, user: UserId, right: Right) -> bool:
        """Whether `user` is a member with `right` now."""
        member = self.members.get(user)
        if member is None:
            return False
        return allows(member.role, right, controlled=self.controller(user) is not None)


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
