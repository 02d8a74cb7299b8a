"""One time for the world, and a clock on every desk that is a little wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.support.people import NOW


@dataclass
class Time:
    """Seconds since 1970 as the world has them; moves only when an act moves it."""

    at: float = float(NOW)

    def __call__(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class DeskClock:
    """Implements `jitclient.foundation.clock.Clock` with a skew in seconds."""

    time: Time
    dice: random.Random = field(repr=False)
    skew: int = 0

    def now(self) -> int:
        return int(self.time.at) + self.skew

    def monotonic(self) -> float:
        return self.time.at

    def jitter(self) -> float:
        return self.dice.random()
