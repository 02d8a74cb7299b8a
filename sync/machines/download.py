"""The life of a download: ask for the state, fetch the missing parts, verify the whole.

Which parts are missing is asked of the local keeper at every attempt, never of the store. A part
that fails its check ends the download: it is recorded, not asked for again.
Spec: docs/protocol/50-files.md §50.7.
"""

from __future__ import annotations

from protocol.errors import BugError
from sync.machines.transfer import (
    AllMoved,
    Close,
    Closed,
    Closing,
    Done,
    Due,
    Event,
    Idle,
    LinkLost,
    Move,
    Moving,
    NotReady,
    Open,
    Opened,
    Opening,
    PartMoved,
    Pause,
    Paused,
    Resume,
    Start,
    State,
    Step,
    Tick,
    Waiting,
    interrupt,
    wait,
    watch,
)


def step(state: State, event: Event) -> Step:
    """Advance a download by one event; return the new state and what is to be done now.

    Raises:
        BugError: the event cannot happen in this state.
    """
    return interrupt(state, event) or _advance(state, event)


def _advance(state: State, event: Event) -> Step:  # noqa: C901, PLR0911 - the transition table
    match state, event:
        case Idle(tries), Start():
            return Opening(tries), (Open(),)
        case Idle(tries), Pause():
            return Paused(tries), ()
        case Opening(tries), Opened():
            return Moving(tries), (Move(),)
        case Opening(tries), NotReady(jitter):
            # The uploader is not done; the notice came first.
            return wait(tries, jitter)
        case Moving(), PartMoved():
            return Moving(state.tries.fresh(), state.moved), ()
        case Moving(), Tick():
            return watch(state, event)
        case Moving(tries), AllMoved():
            return Closing(tries), (Close(),)
        case Closing(), Closed():
            return Done(), ()
        case ((Opening(tries) | Moving(tries)), LinkLost(jitter, at_least)):
            return wait(tries, jitter, at_least)
        case Waiting(tries), Due():
            return Opening(tries), (Open(),)
        case _, (Resume() | Tick()):
            return state, ()
        case _:
            raise BugError(f"{type(event).__name__} in {type(state).__name__} of a download.")
