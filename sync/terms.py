"""The terms a transfer runs under, and how it tells its progress.

Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from protocol.errors import ActionNeededError, TryAgainError
from sync.machines import transfer as m
from sync.throttle import Throttle

LANES: Final = 4
"""Two read or seal while two wait for a disk, the store's or this device's own (ADR 70)."""
LANES_DOWN: Final = 3
"""What comes is written beside the lanes: a fourth had nothing to do but to hold memory."""


class NotReadyYetError(TryAgainError):
    """The store does not have all parts yet, or no more."""

    code = "not-ready"


class CancelledTransferError(ActionNeededError):
    """A person cancelled the transfer."""

    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is.

    Attributes:
        state: the name of the machine's state in lower case: opening, moving, closing, waiting,
            paused, done, cancelled, failed.
        moved: bytes that went over the line since the start of this run.
        done: parts stored (upload) or kept (download), from earlier runs too.
        parts: of how many.
        partial: bytes of parts that are only partly over the line yet.
    """

    state: str
    moved: int
    done: int
    parts: int
    partial: int = 0


class Control:
    """Pause, resume and cancel a running transfer; used on its event loop."""

    def __init__(self) -> None:
        self._waiting: list[m.Event] = []
        self._post: Callable[[m.Event], None] = self._waiting.append

    def pause(self) -> None:
        """Stop moving; the transfer stays and waits for `resume`."""
        self._post(m.Pause())

    def resume(self) -> None:
        """Go on after `pause`."""
        self._post(m.Resume())

    def cancel(self) -> None:
        """End it; `upload` or `download` raises CancelledTransferError."""
        self._post(m.Cancel())

    def attach(self, post: Callable[[m.Event], None]) -> None:
        """Hand what was asked, and what will be, to a run."""
        self._post = post
        for event in self._waiting:
            post(event)
        self._waiting.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a transfer runs.

    Attributes:
        clock: seconds, monotonic.
        jitter: uniformly random in [0, 1), for the back-off.
        sleep: waits so many seconds.
        lanes: connections and worker threads; a download uses at most LANES_DOWN.
        patience: failed attempts in a row that are borne; None: any number.
        throttle: bounds the bytes per second of all transfers that share it.
        control: to pause, resume and cancel.
        progress: told on the event loop after every part, every TICK_SECONDS while bytes
            move, and at changes of state.
    """

    clock: Callable[[], float]
    jitter: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    lanes: int = LANES
    patience: int | None = None
    throttle: Throttle = field(default_factory=Throttle)
    control: Control = field(default_factory=Control)
    progress: Callable[[Progress], None] = lambda _: None
