"""One message on its way to the store: posted until the store has it, and then never again.

    Waiting --Due--> InFlight --Stored--> Accepted
       ^                |-- RecipientsChanged --> Outdated (sealed anew as another row)
       |                |-- TurnedDown ---------> Refused
       |                |-- Busy: Postpone, Halt
       +----------------+-- LinkLost: Halt

A store that has no room for some of the devices takes the message for the others: these envelopes
are kept and offered again, after `room_delay`, and hold up nothing but what is for the same device.
The message id is the idempotency key, so a post whose answer was lost is simply made again (F10).
An unreachable store is no failure of a message: nothing is postponed, and the first round that
reaches the store sends everything. Messages of one space never overtake each other.
Spec: docs/protocol/40-messages.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from protocol.errors import BugError
from protocol.ids import MailboxId
from sync.machines.link import retry_delay

ROOM_MIN_SECONDS: Final = 60.0
ROOM_MAX_SECONDS: Final = 3600.0
_MAX_DOUBLINGS: Final = 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """In the outbox; `tries` posts were answered with "not now"."""

    tries: int


@dataclass(frozen=True, slots=True)
class InFlight:
    """Posted, not answered yet."""

    tries: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The store has it."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """Sealed for people who are no longer the members."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The store will never take it."""


State = Waiting | InFlight | Accepted | Outdated | Refused


@dataclass(frozen=True, slots=True)
class Due:
    """Its time has come and the store was reached in this round."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The store answered with its signed receipt.

    `full`: the mailboxes for which it had no room, and how often it said so before. `probed`: one
    of the envelopes had found no room before. `jitter` is uniform in [0, 1).
    """

    receipt: bytes
    full: Mapping[MailboxId, int] = field(default_factory=dict)
    probed: bool = False
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class RecipientsChanged:
    """The store found an envelope for a device outside the roster."""


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """The store refused it for good; `code` and `sentence` are for the person."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Busy:
    """Not now. `jitter` is uniform in [0, 1), `retry_after` in seconds if the store said."""

    jitter: float
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class LinkLost:
    """No answer; whether the store has it is unknown."""


Event = Due | Stored | RecipientsChanged | TurnedDown | Busy | LinkLost


@dataclass(frozen=True, slots=True)
class Post:
    """Send exactly the bytes of the row."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An envelope to offer again in so many seconds, after `tries` tries."""

    mailbox: MailboxId
    seconds: float
    tries: int


@dataclass(frozen=True, slots=True)
class Accept:
    """Save the receipt and mark the message as on the server; but not for these mailboxes."""

    receipt: bytes
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Ask the outbox again what is due: for some device something is to be held back, or is not."""


@dataclass(frozen=True, slots=True)
class Postpone:
    """Due again in so many seconds, after `tries` tries."""

    seconds: float
    tries: int


@dataclass(frozen=True, slots=True)
class Reseal:
    """Read the membership log again, then seal for who is a member now."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Tell the person; never post it again."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class HoldSpace:
    """Post nothing more of this space in this round: later messages would overtake."""


@dataclass(frozen=True, slots=True)
class Halt:
    """End the round: the store is away, or asked for patience."""


Effect = Post | Accept | LookAgain | Postpone | Reseal | GiveUp | HoldSpace | Halt


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """The next state of one message, and what is to be done for it, in order.

    Raises:
        BugError: an event that cannot happen in this state.
    """
    match state, event:
        case Waiting(tries), Due():
            return InFlight(tries), (Post(),)
        case InFlight(), Stored(receipt, full, probed, jitter):
            kept = tuple(
                Kept(mailbox, room_delay(before, jitter), before + 1)
                for mailbox, before in full.items()
            )
            again = (LookAgain(),) if kept or probed else ()
            return Accepted(), (Accept(receipt, kept), *again)
        case InFlight(), RecipientsChanged():
            return Outdated(), (Reseal(), HoldSpace())
        case InFlight(), TurnedDown(code, sentence):
            return Refused(), (GiveUp(code, sentence),)
        case InFlight(tries), Busy(jitter, retry_after):
            delay = retry_delay(tries, jitter, retry_after)
            return Waiting(tries + 1), (Postpone(delay, tries + 1), Halt())
        case InFlight(tries), LinkLost():
            return Waiting(tries), (Halt(),)
        case _:
            raise BugError(f"{type(event).__name__} in {type(state).__name__}")


def room_delay(tries: int, jitter: float) -> float:
    """Seconds until a mailbox that was full is tried again: a minute to an hour.

    Args:
        tries: how often it was found full before now.
        jitter: uniform in [0, 1).
    """
    doublings = min(max(tries, 0), _MAX_DOUBLINGS) + 1
    ceiling = min(ROOM_MAX_SECONDS, ROOM_MIN_SECONDS * 2.0**doublings)
    return ROOM_MIN_SECONDS + jitter * (ceiling - ROOM_MIN_SECONDS)
