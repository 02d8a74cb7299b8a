"""Time and jitter as arguments, so that tests own them."""

from __future__ import annotations

import secrets
import time
from typing import Protocol


class Clock(Protocol):
    """Where the application takes the time from."""

    def now(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, for rates and patience."""

    def jitter(self) -> float:
        """A random number in [0, 1) for spreading retries."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""
        return int(time.time())

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def jitter(self) -> float:
        """A random number in [0, 1)."""
        return secrets.randbelow(1 << 30) / (1 << 30)
