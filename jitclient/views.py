"""What both faces of the program show: frozen rows, ready to print or to paint.

Rows carry ids as bytes, times as whole seconds since 1970 UTC, sizes in bytes, and text that was
cleaned for display (`foundation.text.visible`). They hold no key and no live object.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from protocol.ids import DeviceId, FileId, MessageId, SpaceId, UserId
from protocol.roles import Party, Role


class SpaceState(Enum):
    """Where a space is in its life on this device."""

    JOINING = "joining"  # listed by the store, log verified, welcome not yet received
    OPEN = "open"
    LEFT = "left"  # this person was removed
    CLOSING = "closing"  # the signed closing arrived; the wipe is under way
    WIPED = "wiped"


class Trust(Enum):
    """How sure this device is of a person's key."""

    SELF = "self"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    CHANGED = "changed"


class MessageState(Enum):
    """The three states of every own message, and what can go wrong."""

    SAVED = "saved"
    ON_SERVER = "on-server"
    RECEIVED = "received"  # by every addressed member
    REFUSED = "refused"
    INCOMING = "incoming"


class MessageKind(Enum):
    """What a timeline row is."""

    TEXT = "text"
    EXHIBIT = "exhibit"
    EVENT = "event"  # membership changes, withdrawals


class ExhibitState(Enum):
    """Where an exhibit is, as this device sees it."""

    SEALING = "sealing"
    UPLOADING = "uploading"
    PAUSED = "paused"
    ON_SERVER = "on-server"
    AVAILABLE = "available"  # announced to us, not downloaded yet
    DOWNLOADING = "downloading"
    VERIFIED = "verified"  # here, whole, SHA-256 equal to the signed manifest
    CORRUPTED = "corrupted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"  # erased at the store before this device had it


class Connection(Enum):
    """What this device knows of its store right now."""

    ONLINE = "online"
    OFFLINE = "offline"
    CONNECTING = "connecting"
    REFUSED = "refused"  # the store is not the one pinned


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who uses this profile."""

    user: UserId
    device: DeviceId
    name: str
    authority: str
    country: str
    party: Party
    safety_number: str  # 30 digits: one's own half
    store: str  # host:port


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody in the store's directory."""

    user: UserId
    name: str
    authority: str
    country: str  # ISO 3166 alpha-2
    party: Party
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """Somebody in a space, as the signed membership log states it."""

    user: UserId
    name: str
    authority: str
    country: str
    party: Party
    role: Role
    trust: Trust
    devices: int
    is_me: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRow:
    """One space in a list. `title` is empty until the welcome arrived."""

    space: SpaceId
    title: str
    agreement: str
    state: SpaceState
    members: int
    unread: int
    last_activity: int
    deadline: int | None  # local copies are wiped at this time at the latest
    i_administer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceDetail:
    """One space whole."""

    row: SpaceRow
    signed_on: str
    opened_at: int
    log_seq: int
    log_head: bytes
    verified_only: bool
    members: tuple[MemberRow, ...]
    removed: tuple[MemberRow, ...]
    close_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedBy:
    """One person's receipt for a message or an exhibit."""

    user: UserId
    name: str
    at: int | None  # None: not yet


class Missing(Enum):
    """What is done about messages that are missing before a line."""

    NOTHING = "nothing"  # none is missing, or it was noticed a moment ago
    ASKED = "asked"  # asked for again, automatically
    LOST = "lost"  # could not be had


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One row of a conversation."""

    message: MessageId
    space: SpaceId
    kind: MessageKind
    author: UserId
    author_name: str
    author_authority: str
    author_country: str
    mine: bool
    text: str
    state: MessageState
    claimed_at: int
    received_at: int
    on_server_at: int | None
    received_by: tuple[ReceivedBy, ...]
    file: FileId | None
    reply_to: MessageId | None
    missing_before: int  # messages of the same sender that should stand before this one
    problem: str  # why a message was refused, empty otherwise
    missing: Missing = Missing.NOTHING  # what is done about those missing before


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitRow:
    """One exhibit. `done` of `total` are sealed bytes while it travels."""

    file: FileId
    space: SpaceId
    message: MessageId | None
    name: str
    mime: str
    exhibit: str
    size: int
    sha256: str  # hex; empty while sealing
    author: UserId
    author_name: str
    mine: bool
    state: ExhibitState
    done: int
    total: int
    rate: float  # bytes per second while it travels, else 0
    added_at: int
    expires_at: int | None  # central erasure at the latest
    recipients: tuple[ReceivedBy, ...]  # at = verified at
    source: str  # own exhibits: the path it was read from
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRow:
    """One entry of the local, hash-chained custody log."""

    seq: int
    at: int
    actor: str
    what: str
    subject: str
    detail: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WipeRow:
    """One device of a closed space and whether its signed wipe receipt arrived."""

    user: UserId
    device: DeviceId
    name: str
    wiped_at: int | None
    remaining: str
    receipt: str  # hex of its hash, empty while missing


NOTICES = frozenset({"prekeys-expired", "no-prekeys", "prekeys-drained"})
"""Codes of alarms that are no alarms: `AlarmRow.notice`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """Something the store (or somebody) did that was detected and refused; or a notice."""

    alarm: int
    space: SpaceId | None
    code: str
    sentence: str
    at: int

    @property
    def notice(self) -> bool:
        """Nothing was refused and nobody is accused: it waits, or mends itself."""
        return self.code in NOTICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The safety number of a pair of persons and what is known about it."""

    user: UserId
    name: str
    digits: str  # 60
    code: str  # what one's own screen shows as a QR code: `jit-verify:`
    trust: Trust
    compared: bool  # True when digits, or the other side's code, were given and equal


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What one complete round did."""

    messages_in: int
    messages_out: int
    exhibits_in: int
    exhibits_out: int
    receipts_in: int
    waiting_messages: int
    waiting_transfers: int
    spaces_wiped: int
    alarms: tuple[AlarmRow, ...]
    online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Connection, queue, retention."""

    me: Me
    connection: Connection
    last_sync: int | None
    waiting_messages: int
    waiting_transfers: int
    spaces: tuple[SpaceRow, ...]
    alarms: tuple[AlarmRow, ...]
    keyring: bool
    problem: str
    sheet_at: int | None = None  # when the person last confirmed a recovery sheet
