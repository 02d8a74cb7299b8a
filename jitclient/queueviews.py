"""What travels and what waits to leave, as rows for both faces of the program."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from protocol.ids import FileId, SpaceId


class Going(Enum):
    """Where a transfer stands in the queue."""

    MOVING = "moving"
    WAITING = "waiting"
    PAUSED = "paused"
    FAILED = "failed"  # nothing happens before a person acts


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One transfer of the queue; `eta` in seconds from now until it is done, None: unknown."""

    space: SpaceId
    space_title: str
    file: FileId
    name: str
    exhibit: str
    up: bool
    going: Going
    done: int
    total: int
    rate: float
    eta: float | None
    recipients: int = 0  # to how many persons it goes
    problem: str = ""  # why it failed
    rank: int = 0  # its place, to put it back there


class Held(Enum):
    """Why a message has not left."""

    STORE = "store"  # it leaves when the store answers
    KEY = "key"  # a device of its recipients has no usable key at the store
    LATER = "later"  # the store did not take it; it is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message that the store does not have; `next_try` in seconds since 1970, None: at once."""

    space: SpaceId
    space_title: str
    kind: str  # as in `localstore.messages`
    text: str
    at: int
    held: Held
    next_try: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """What travels, in the order in which it does, then what is paused, then what failed.

    `more` stand behind those shown. While the store does not answer `problem` says why, and
    `next_try` when it is asked again, in seconds since 1970. `outbox`: messages that wait, the
    first of `unsent`.
    """

    rows: tuple[QueueRow, ...]
    more: int
    up: int  # bytes per second, 0: any number
    down: int
    outbox: tuple[OutboxRow, ...] = ()
    unsent: int = 0
    last_upload: int | None = None  # of an exhibit; told while nothing travels
    problem: str = ""
    next_try: int | None = None
    metered: str = "auto"  # the setting: `auto`, `yes` or `no`
    metered_locked: bool = False  # the machine's policy says so, nobody else may
    held: bool = False  # large transfers wait: the line is metered
