"""How far a transfer is and how fast: what its progress means in bytes for whoever shows it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from jitclient.events import TransferMoved
from jitclient.session import Session
from protocol.ids import FileId, SpaceId
from sync.terms import Control, Progress, Terms
from sync.throttle import Throttle

MEMORY_SECONDS: Final = 5.0
"""The rate is that of about so many last seconds."""
PATIENCE: Final = 3
"""So many failed attempts in a row are borne; the next round goes on."""


class Pace:
    """Turns one transfer's `Progress` into bytes done and bytes per second.

    Args:
        total: sealed bytes.
        clock: seconds, monotonic.
    """

    def __init__(self, total: int, clock: Callable[[], float]) -> None:
        self._total = total
        self._clock = clock
        self._at = clock()
        self._moved = 0
        self._passed = 0.0
        self.done = 0
        self.rate = 0.0

    def see(self, now: Progress) -> None:
        """Take note of one more report."""
        stored = self._total * now.done // max(1, now.parts)
        sure = min(self._total, stored + now.partial)
        # All bytes over the line is not all done: there is still a receipt, or a hash, to come.
        self.done = sure if now.state == "done" else min(sure, max(0, self._total - 1))
        at = self._clock()
        passed = at - self._at
        if passed <= 0:
            return
        fresh = max(0, now.moved - self._moved) / passed
        self._passed += passed
        # In the first seconds there is no past worth remembering.
        memory = min(MEMORY_SECONDS, self._passed)
        weight = 1 - math.exp(-passed / memory)
        self.rate += weight * (fresh - self.rate) if self.rate else fresh - self.rate
        self._at, self._moved = at, now.moved


def terms(
    session: Session,
    key: tuple[SpaceId, FileId],
    total: int,
    control: Control,
    throttle: Throttle,
) -> Terms:
    """The terms of one transfer of `total` sealed bytes; its progress is told to the listeners."""
    pace = Pace(total, session.clock.monotonic)

    def progress(now: Progress) -> None:
        pace.see(now)
        session.rates[key] = pace.rate
        if pace.rate:
            session.measured[throttle] = pace.rate
        session.events.publish(TransferMoved(*key, pace.done, total, pace.rate))

    return Terms(
        clock=session.clock.monotonic,
        jitter=session.clock.jitter,
        patience=PATIENCE,
        throttle=throttle,
        control=control,
        progress=progress,
    )
