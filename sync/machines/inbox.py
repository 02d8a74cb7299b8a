"""The order of receiving: first the logs, then the queue, and an acknowledgement after the commit.

    spaces -> logs of those not listed -> compare -> logs that grew
           -> mailbox page -> deliver -> acknowledge -> next page

A space that is not listed is hidden by the store, or this person was removed; the log says which,
so it is asked before the comparison that may raise the alarm. A message is judged by the membership
its sender saw, so every log is read before the queue is; what could not be judged yet stays in the
queue, and the whole order runs once more. A delivery is acknowledged only after it was stored: the
store may repeat (F10, F11), it cannot make this device lose. Spec: docs/protocol/40-messages.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from protocol.errors import BugError, ReorderedError
from protocol.ids import SpaceId

PAGE: Final = 50  # deliveries at once: at most 5 MiB of JSON, even with the longest bodies
MAX_PASSES: Final = 2

Queue: TypeAlias = tuple[tuple[SpaceId, int, int], ...]
"""Logs to read: (space, last verified number, last number at the store)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Waiting for the list of spaces."""

    passes: int = 0


@dataclass(frozen=True, slots=True)
class ReadingUnlisted:
    """Reading logs of spaces known here that the list lacks; `queue[0]` is under way."""

    passes: int
    queue: Queue
    offered: Mapping[SpaceId, int]


@dataclass(frozen=True, slots=True)
class Comparing:
    """The list is being compared with what is known here."""

    passes: int
    offered: Mapping[SpaceId, int]


@dataclass(frozen=True, slots=True)
class ReadingLogs:
    """Reading logs that grew; `queue[0]` is under way."""

    passes: int
    queue: Queue


@dataclass(frozen=True, slots=True)
class ReadingMailbox:
    """A page after `after` is under way; `left` deliveries were not acknowledged so far."""

    passes: int
    after: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Delivering:
    """A page of `count` deliveries up to index `last` is being stored; `waiting` follow it."""

    passes: int
    last: int
    left: int
    count: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """The acknowledgement is under way."""

    passes: int
    last: int
    left: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more to receive in this round; `left` deliveries wait for a later one."""

    left: int


State = (
    Listing
    | ReadingUnlisted
    | Comparing
    | ReadingLogs
    | ReadingMailbox
    | Delivering
    | Acknowledging
    | Done
)


@dataclass(frozen=True, slots=True)
class Listed:
    """The store's list: last number by space; and what is verified here (-1 when not named)."""

    offered: Mapping[SpaceId, int]
    known: Mapping[SpaceId, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """The list was judged; what is verified here now."""

    known: Mapping[SpaceId, int]


@dataclass(frozen=True, slots=True)
class LogRead:
    """A page of the log was judged: the last verified number, and the store's last."""

    verified: int
    offered: int


@dataclass(frozen=True, slots=True)
class LogFailed:
    """The log of this space cannot be had now."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """Indexes of a mailbox page in the order received, and how many wait beyond it."""

    indexes: tuple[int, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """The page was stored; these indexes are safe."""

    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The store knows."""


Event = Listed | Compared | LogRead | LogFailed | PageRead | Delivered | Acknowledged


@dataclass(frozen=True, slots=True)
class FetchSpaces:
    """Ask for the list of spaces."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Judge the list just fetched."""


@dataclass(frozen=True, slots=True)
class FetchLog:
    """Ask for entries of `space` from `start`; an unlisted one may well be refused."""

    space: SpaceId
    start: int
    listed: bool = True


@dataclass(frozen=True, slots=True)
class FetchMailbox:
    """Ask for at most `limit` deliveries after `after`."""

    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """Store the page just read."""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Tell the store that these are safe here."""

    indexes: tuple[int, ...]


Effect = FetchSpaces | Compare | FetchLog | FetchMailbox | Deliver | Acknowledge


def begin() -> tuple[State, tuple[Effect, ...]]:
    """A whole round: logs, then the queue."""
    return Listing(), (FetchSpaces(),)


def begin_mailbox(passes: int = MAX_PASSES - 1, after: int = 0) -> tuple[State, tuple[Effect, ...]]:
    """The queue after an index; with 0 `passes` a whole one too, if something is not judged yet."""
    return _mailbox(passes, after)


def begin_log(space: SpaceId, verified: int) -> tuple[State, tuple[Effect, ...]]:
    """One log, whatever the list says: the store has just claimed that it grew."""
    return _logs(MAX_PASSES - 1, ((space, verified, verified + 1),))


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """The next state of the round, and the one thing to do next; Done has none.

    Raises:
        ReorderedError: the store's page is not in ascending order after the last one.
        BugError: an event that cannot happen in this state.
    """
    match state, event:
        case Listing(passes), Listed(offered, known):
            lacking = sorted(set(known) - set(offered))
            queue = tuple((space, known[space], known[space] + 1) for space in lacking)
            return _unlisted(passes, queue, offered)
        case ReadingUnlisted(passes, queue, offered), LogRead() | LogFailed():
            return _unlisted(passes, _after(queue, event), offered)
        case Comparing(passes, offered), Compared(known):
            grown = [(s, known.get(s, -1), seq) for s, seq in sorted(offered.items())]
            return _logs(passes, tuple(entry for entry in grown if entry[1] < entry[2]))
        case ReadingLogs(passes, queue), LogRead() | LogFailed():
            return _logs(passes, _after(queue, event))
        case ReadingMailbox(), PageRead(indexes, waiting):
            return _page(state, indexes, waiting)
        case Delivering(), Delivered(indexes):
            return _delivered(state, indexes)
        case Acknowledging(passes, last, left, waiting), Acknowledged():
            return _next_page(passes, last, left, waiting)
        case _:
            raise BugError(f"{type(event).__name__} in {type(state).__name__}")


def _after(queue: Queue, event: LogRead | LogFailed) -> Queue:
    """What is left to read: more of the same log if it grew and the store has more."""
    space, before, _ = queue[0]
    if isinstance(event, LogRead) and before < event.verified < event.offered:
        return ((space, event.verified, event.offered), *queue[1:])
    return queue[1:]


def _unlisted(
    passes: int, queue: Queue, offered: Mapping[SpaceId, int]
) -> tuple[State, tuple[Effect, ...]]:
    if not queue:
        return Comparing(passes, offered), (Compare(),)
    space, verified, _ = queue[0]
    return ReadingUnlisted(passes, queue, offered), (FetchLog(space, verified + 1, listed=False),)


def _logs(passes: int, queue: Queue) -> tuple[State, tuple[Effect, ...]]:
    if not queue:
        return _mailbox(passes)
    space, verified, _ = queue[0]
    return ReadingLogs(passes, queue), (FetchLog(space, verified + 1),)


def _mailbox(passes: int, after: int = 0) -> tuple[State, tuple[Effect, ...]]:
    return ReadingMailbox(passes, after), (FetchMailbox(after, PAGE),)


def _page(
    state: ReadingMailbox, indexes: tuple[int, ...], waiting: int
) -> tuple[State, tuple[Effect, ...]]:
    # Without this a store could repeat a page for ever and keep the round from ending.
    previous = (state.after, *indexes)
    if any(b <= a for a, b in zip(previous, indexes, strict=False)):
        raise ReorderedError("The store sent its queue out of order.")
    if not indexes:
        return _next_page(state.passes, state.after, state.left, 0)
    page = Delivering(state.passes, indexes[-1], state.left, len(indexes), waiting)
    return page, (Deliver(),)


def _delivered(state: Delivering, indexes: tuple[int, ...]) -> tuple[State, tuple[Effect, ...]]:
    left = state.left + state.count - len(indexes)
    if not indexes:
        return _next_page(state.passes, state.last, left, state.waiting)
    return Acknowledging(state.passes, state.last, left, state.waiting), (Acknowledge(indexes),)


def _next_page(passes: int, last: int, left: int, waiting: int) -> tuple[State, tuple[Effect, ...]]:
    if waiting > 0:
        return ReadingMailbox(passes, last, left), (FetchMailbox(last, PAGE),)
    if left > 0 and passes + 1 < MAX_PASSES:
        return Listing(passes + 1), (FetchSpaces(),)
    return Done(left), ()
