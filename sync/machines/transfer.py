"""What the upload and the download machine share: states, events, effects, patience.

A transfer opens (asks the store), moves parts, closes (completes or verifies) and is done. On the
way it can wait for the link, be paused, be cancelled or fail. Parts are moved by lanes outside;
the machine only hears how far they are. Pure: the clock and the jitter come with the events.
Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from protocol.errors import JitError, StoreUnreachableError

BACKOFF_BASE_SECONDS: Final = 1.0
BACKOFF_CAP_SECONDS: Final = 60.0
STALL_SECONDS: Final = 30.0
STALL_BYTES: Final = 32 * 1024
"""Fewer bytes than this in STALL_SECONDS count as a line that hangs."""


def backoff(tries: int, jitter: float) -> float:
    """Seconds to wait after `tries` failures: full jitter under a ceiling growing from 2 to 60 s.

    Never less than a second, so that no number makes a client knock without pause.

    Args:
        tries: failures without progress before this one, from 0.
        jitter: uniformly random in [0, 1).
    """
    ceiling = min(BACKOFF_CAP_SECONDS, 2.0 ** min(tries + 1, 16))
    return max(BACKOFF_BASE_SECONDS, jitter * ceiling)


# --- states ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tries:
    """Failures in a row without progress, and how many are borne (None: any number)."""

    count: int = 0
    most: int | None = None

    def fresh(self) -> Tries:
        """Progress was made."""
        return replace(self, count=0)


@dataclass(frozen=True, slots=True)
class Idle:
    """Not started."""

    tries: Tries = Tries()


@dataclass(frozen=True, slots=True)
class Opening:
    """The store is asked what it has."""

    tries: Tries


@dataclass(frozen=True, slots=True)
class Moving:
    """Lanes move parts; `moved` bytes had been seen at time `since` (seconds, any clock)."""

    tries: Tries
    moved: int = 0
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """All parts are there; the last step runs."""

    tries: Tries


@dataclass(frozen=True, slots=True)
class Waiting:
    """Until the next attempt."""

    tries: Tries


@dataclass(frozen=True, slots=True)
class Paused:
    """A person paused it."""

    tries: Tries


@dataclass(frozen=True, slots=True)
class Done:
    """Everything is where it belongs."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A person cancelled it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot go on; `error` says why and who can act."""

    error: JitError


Running: TypeAlias = Opening | Moving | Closing | Waiting
Ended: TypeAlias = Done | Cancelled | Failed
State: TypeAlias = Idle | Running | Paused | Ended

# --- events ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Begin."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The store answered; parts can move."""


@dataclass(frozen=True, slots=True)
class NotReady:
    """The store does not have the whole file yet (download), or lacks parts (upload)."""

    jitter: float


@dataclass(frozen=True, slots=True)
class PartMoved:
    """One more part is stored, or kept."""


@dataclass(frozen=True, slots=True)
class AllMoved:
    """No part is left and every lane has ended."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The last step succeeded."""


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The store cannot be reached or is busy; it asks for `at_least` seconds of peace."""

    jitter: float
    at_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """`moved` bytes in all at time `now`: how a line that hangs is noticed."""

    moved: int
    now: float
    jitter: float


@dataclass(frozen=True, slots=True)
class Due:
    """The wait is over."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A person pauses."""


@dataclass(frozen=True, slots=True)
class Resume:
    """A person resumes."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """A person cancels."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Something no repetition mends: source changed, erased at the store, forged, disk full."""

    error: JitError


Event: TypeAlias = (
    Start
    | Opened
    | NotReady
    | PartMoved
    | AllMoved
    | Closed
    | LinkLost
    | Tick
    | Due
    | Pause
    | Resume
    | Cancel
    | Broken
)

# --- effects ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """Ask the store: announce (upload) or read the state (download)."""


@dataclass(frozen=True, slots=True)
class Move:
    """Start the lanes."""


@dataclass(frozen=True, slots=True)
class Close:
    """Complete (upload) or verify the whole (download)."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Stop whatever runs; nothing it still reports counts."""


@dataclass(frozen=True, slots=True)
class WakeIn:
    """Report `Due` after so many seconds."""

    seconds: float


Effect: TypeAlias = Open | Move | Close | Abort | WakeIn
Step: TypeAlias = tuple[State, tuple[Effect, ...]]

# --- transitions both machines have ----------------------------------------------------------


def interrupt(state: State, event: Event) -> Step | None:
    """What a person or a final error does in any state; None when neither happened."""
    match state, event:
        case ((Done() | Cancelled() | Failed()), _):
            return state, ()
        case _, Cancel():
            return Cancelled(), (Abort(),)
        case _, Broken(error):
            return Failed(error), (Abort(),)
        case ((Opening() | Moving() | Closing() | Waiting()), Pause()):
            return Paused(state.tries.fresh()), (Abort(),)
        case Paused(tries), Resume():
            return Opening(tries), (Open(),)
        case Paused(), _:
            return state, ()
        case _:
            return None


def wait(tries: Tries, jitter: float, at_least: float = 0.0) -> Step:
    """Stop and try again later, or give up when patience is at its end."""
    if tries.most is not None and tries.count >= tries.most:
        lost = StoreUnreachableError("The store cannot be reached. The transfer goes on later.")
        return Failed(lost), (Abort(),)
    later = max(backoff(tries.count, jitter), at_least)
    return Waiting(replace(tries, count=tries.count + 1)), (Abort(), WakeIn(later))


def watch(state: Moving, tick: Tick) -> Step:
    """Notice a line on which nothing moves."""
    if state.since is None or tick.moved - state.moved >= STALL_BYTES:
        return replace(state, moved=tick.moved, since=tick.now), ()
    if tick.now - state.since >= STALL_SECONDS:
        return wait(state.tries, tick.jitter)
    return state, ()
