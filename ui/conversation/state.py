"""What the conversation shows: rows ready to paint, and the composer."""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.mentionviews import Spot
from protocol.ids import FileId, MessageId, SpaceId
from ui.errors.cards import ErrorCard
from ui.words import Badge


@dataclass(frozen=True, slots=True)
class DayRow:
    """The heading of a day, with its time zone."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that happened in the space: one line."""

    key: str
    text: str
    at: str
    exact: str


@dataclass(frozen=True, slots=True)
class MissingRow:
    """Messages that should stand here and have not come, and what is done about them."""

    key: str
    badge: Badge
    hint: str
    message: MessageId  # before which they are missing
    device: str  # of their author


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """Where reading stopped last time."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """What a message answers."""

    message: MessageId
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class ExhibitLine:
    """An exhibit announced in the conversation."""

    file: FileId
    number: str
    stem: str
    extension: str
    size: str
    badge: Badge
    percent: int | None
    marks: tuple[str, ...] = ()  # handling code, TLP, other markings


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One message. `heads` is true when it starts a run of the same author."""

    key: str
    message: MessageId
    author: str
    place: str
    seed: bytes
    mine: bool
    heads: bool
    text: str
    at: str
    exact: str
    badge: Badge
    reply: ReplyLine | None
    exhibit: ExhibitLine | None
    problem: str
    receipts: tuple[tuple[str, str], ...]  # name, time or "not yet"
    note: str = ""  # what to know about the author's name
    links: tuple[tuple[int, int, Spot], ...] = ()  # where `text` points to somebody or something
    mentions_me: bool = False
    edited: str = ""  # a word with its time, where its author changed it
    thread: MessageId | None = None  # the message its thread begins with, or itself
    answers: str = ""  # how many there are in the thread that begins with it
    lacks: MissingRow | None = None  # messages that are missing before it


TimelineRow = DayRow | EventRow | MissingRow | UnreadRow | MessageItem


@dataclass(frozen=True, slots=True)
class Goal:
    """A row that was asked for; `turn` tells two askings apart. `quiet`: the keyboard stays.

    `top`: it was the first one in sight when the space was left, and is so again.
    """

    key: str
    turn: int
    quiet: bool = False
    top: bool = False


@dataclass(frozen=True, slots=True)
class ConversationState:
    """The timeline and the composer of one space."""

    space: SpaceId | None = None
    rows: tuple[TimelineRow, ...] = ()
    has_older: bool = False
    loading: bool = True
    loading_older: bool = False
    has_newer: bool = False  # what is shown lies further back and does not reach the end
    goal: Goal | None = None
    unread: int = 0  # how many, where the first of them is further up than one sees
    draft: str = ""
    reply: ReplyLine | None = None
    changes: ReplyLine | None = None  # the message of which `draft` is another version
    before: tuple[str, ReplyLine | None] = ("", None)  # what was written when that began
    writable: bool = False
    why_not: str = ""
    can_attach: bool = False
    held: bool = False  # a member has a new key, and nobody decided about it yet
    problem: ErrorCard | None = None

    @property
    def kept(self) -> tuple[str, ReplyLine | None]:
        """What is being written anew, and what it answers."""
        return (self.draft, self.reply) if self.changes is None else self.before

    @property
    def can_send(self) -> bool:
        """Whether the send button does something."""
        return self.writable and not self.held and bool(self.draft.strip())
