"""Whether the store can be reached, and when to try again.

Full jitter inside a ceiling that doubles from 2 to 60 seconds: after an outage no two clients
knock in step. A store that names a time is given it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

MIN_SECONDS: Final = 1.0
MAX_SECONDS: Final = 60.0
POLL_SECONDS: Final = 60.0
"""Rounds are never further apart, since a wake-up can be lost (or withheld)."""
_SPREAD_SECONDS: Final = 5.0
_MAX_DOUBLINGS: Final = 6


class Link(StrEnum):
    """What is known of the store right now."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"  # another certificate than the pinned one answers


@dataclass(frozen=True, slots=True)
class State:
    """The link, and how many attempts in a row have failed."""

    link: Link = Link.CONNECTING
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """A round reached the store."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection; `jitter` is uniform in [0, 1)."""

    jitter: float


@dataclass(frozen=True, slots=True)
class Busy:
    """The store asks for patience, perhaps for `retry_after` seconds."""

    jitter: float
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class WrongStore:
    """Somebody else answers at the store's address."""

    jitter: float


Event = Answered | Unreachable | Busy | WrongStore


@dataclass(frozen=True, slots=True)
class WakeIn:
    """Begin the next round after so many seconds; `sooner`: or when somebody asks before."""

    seconds: float
    sooner: bool = True


def step(state: State, event: Event) -> tuple[State, WakeIn]:
    """The link after a round, and the time until the next one."""
    match event:
        case Answered():
            return State(Link.ONLINE), WakeIn(POLL_SECONDS)
        case Unreachable(jitter):
            wait = WakeIn(retry_delay(state.failures, jitter))
            return State(Link.OFFLINE, state.failures + 1), wait
        case Busy(jitter, retry_after):
            wait = WakeIn(retry_delay(state.failures, jitter, retry_after), sooner=False)
            return State(Link.ONLINE, state.failures + 1), wait
        case WrongStore(jitter):
            wait = WakeIn(retry_delay(state.failures, jitter))
            return State(Link.REFUSED, state.failures + 1), wait
        case _:
            assert_never(event)


def retry_delay(tries: int, jitter: float, retry_after: float | None = None) -> float:
    """Seconds until the attempt after `tries` failed ones, 1 to 60 unless the store says longer.

    Args:
        tries: failed attempts before the one that failed now.
        jitter: uniform in [0, 1).
        retry_after: what the store asked for, in seconds; never undercut.
    """
    ceiling = min(MAX_SECONDS, MIN_SECONDS * 2.0 ** (min(max(tries, 0), _MAX_DOUBLINGS) + 1))
    delay = MIN_SECONDS + jitter * (ceiling - MIN_SECONDS)
    if retry_after is None:
        return delay
    return max(delay, retry_after + jitter * _SPREAD_SECONDS)
