"""What both faces of the program show: frozen rows, ready to print or to paint.

Rows carry ids as bytes, times as whole seconds since 1970 UTC, sizes in bytes, and text that was
cleaned for display (`foundation.text.visible`). They hold no key and no live object.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jitclient.deviceviews import Comparison
from jitclient.queueviews import Going, Held, OutboxRow, QueueRow, QueueView
from jitclient.timeline_rows import (
    CustodyChain,
    CustodyRow,
    ExhibitRow,
    ExhibitState,
    ListRow,
    MessageKind,
    MessageRow,
    MessageState,
    Missing,
    PermissionRow,
    Purpose,
    ReceivedBy,
)
from protocol.ids import DeviceId, SpaceId, UserId
from protocol.roles import Party, Role

__all__ = [
    "NOTICES",
    "AlarmRow",
    "Connection",
    "CustodyChain",
    "CustodyRow",
    "ExhibitRow",
    "ExhibitState",
    "Going",
    "Held",
    "ListRow",
    "Me",
    "MemberRow",
    "MessageKind",
    "MessageRow",
    "MessageState",
    "Missing",
    "OutboxRow",
    "PermissionRow",
    "PersonRow",
    "Purpose",
    "QueueRow",
    "QueueView",
    "ReceivedBy",
    "SpaceDetail",
    "SpaceRow",
    "SpaceState",
    "Status",
    "SyncReport",
    "Trust",
    "Verification",
    "WipeRow",
]


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
    name_note: str = ""  # what to know about the name: it looks like another's; mostly empty


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
    may_upload: bool = True
    waits: bool = False  # uploads nothing before a controller is designated (R23.2)
    controller: str = ""  # who is, by name
    name_note: str = ""  # as in `PersonRow`
    comparison: Comparison | None = None  # where `trust` is VERIFIED


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
class WipeRow:
    """One device of a closed space and whether its signed wipe receipt arrived."""

    user: UserId
    device: DeviceId
    name: str
    wiped_at: int | None
    remaining: str
    receipt: str  # hex of its hash, empty while missing
    ended_at: int | None = None  # when the space ended: the receipt is owed since then


NOTICES = frozenset(
    {"prekeys-expired", "no-prekeys", "prekeys-drained", "mailbox-full"}
    | {"device-revoked", "not-renewed", "link-ended", "clock-in-doubt"}
)
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
class LogEntryRow:
    """One entry of the signed membership log; `at` is what its author's computer said."""

    seq: int
    at: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The safety number of a pair of persons and what is known about it."""

    user: UserId
    name: str
    digits: str  # 60
    code: str  # what one's own screen shows as a QR code: `jit-verify:`
    trust: Trust
    compared: bool  # True when digits, or the other side's code, were given and equal
    comparison: Comparison | None = None  # where `trust` is VERIFIED


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
class AccessLogRow:
    """The signed head of the store's access log as last seen here; empty before the first."""

    checkpoint: str
    seen_at: int | None
    disputed: tuple[str, ...]  # two that contradict each other, if it ever came to that


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
