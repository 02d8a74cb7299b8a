"""What a person sees of one space: lines of a conversation, exhibits, custody.

Part of `jitclient.views`, which names it all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from jitclient.mentionviews import Spot
from protocol.ids import FileId, MessageId, SpaceId, UserId
from protocol.roles import Role


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
    author_device: bytes = b""  # which wrote it, 16 B
    author_role: Role | None = None  # in the space now; None: no member any more
    author_note: str = ""  # what to know about the author's name; see `PersonRow.name_note`
    told_by: str = ""  # who shared it as part of the past; empty: it came from its author
    spots: tuple[Spot, ...] = ()  # where `text` points to somebody or something
    mentions_me: bool = False
    edited_at: int | None = None  # when its author changed it, by the author's clock
    thread: MessageId | None = None  # the message its thread begins with; None: it begins one
    answers: int = 0  # in the thread that begins with it,
    new_answers: int = 0  # and how many of them nobody has seen here


class Purpose(Enum):
    """What an exhibit is exported for."""

    WORK = "work"
    COURT = "court"  # judicial proceedings


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionRow:
    """A permission of the originator, as it was recorded on this device."""

    code: str
    given_by: str
    reference: str
    at: int


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
    facts: tuple[tuple[str, str], ...] = ()  # what its manifest states; `protocol.facts`
    in_force: tuple[str, ...] = ()  # handling codes that stop something here
    permissions: tuple[PermissionRow, ...] = ()
    review: str = "new"  # a value of `reviewviews.ReviewState`; this person's own, as the next two
    tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list of exhibits that is read in; `problem` is empty where it may go."""

    line: int
    path: Path
    number: str
    facts: dict[str, str]
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyChain:
    """The local custody log was followed, and stands: up to entry `seq`, at `at`."""

    seq: int
    hash: bytes  # of that entry, 32 B
    at: int


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
