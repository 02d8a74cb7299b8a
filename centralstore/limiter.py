"""A token bucket per address, for what may be asked without a session.

In memory and bounded; a restart forgets it. Spec: docs/protocol/70-store.md §8.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

RATE_PER_SECOND: Final = 50.0
BURST: Final = 200.0
_MAX_ADDRESSES: Final = 10_000


class Limiter:
    """Buckets of BURST tokens that refill at RATE_PER_SECOND."""

    def __init__(self, rate: float = RATE_PER_SECOND, burst: float = BURST) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, now: float) -> bool:
        """Take one token; False when there is none. `now` in seconds of any steady clock."""
        tokens, since = self._buckets.pop(address, (self._burst, now))
        tokens = min(self._burst, tokens + max(0.0, now - since) * self._rate)
        granted = tokens >= 1.0
        self._buckets[address] = (tokens - 1.0 if granted else tokens, now)
        if len(self._buckets) > _MAX_ADDRESSES:
            self._buckets.popitem(last=False)
        return granted
