"""A bound on bytes per second, shared by all lanes of one direction.

A token bucket that may go into debt by one piece: whoever finds it above zero goes on and pays,
the others wait until it is paid. Over any long time the rate holds exactly.
Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from protocol.limits import KIB

MIN_BYTES_PER_SECOND: Final = 16 * KIB
"""Slower than this, with all lanes at work, a line would be taken for one that hangs."""
_BURST_SECONDS: Final = 0.25
_NAP_SECONDS: Final = 0.2
_ASK_SECONDS: Final = 1.0
_LEAST_NAP: Final = 0.001
_LEAST_PIECE: Final = 4 * KIB


class Throttle:
    """How many bytes may pass. Used by the threads of all lanes; `rate` may change at any time.

    Args:
        clock: seconds, monotonic.
        sleep: waits so many seconds in this thread.
        wanted: the rate that is wished for now; asked by the lanes, at most once a second.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wanted: Callable[[], int] | None = None,
    ) -> None:
        self._wanted = wanted
        self._asked = float("-inf")
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._rate = 0
        self._level = 0.0
        self._at = 0.0

    @property
    def rate(self) -> int:
        """Bytes per second; 0: unbounded."""
        return self._rate

    def limit(self, rate: int) -> None:
        """Let `rate` bytes pass per second, at least MIN_BYTES_PER_SECOND; 0: any number."""
        with self._lock:
            self._set(rate)

    def _set(self, rate: int) -> None:
        self._rate = max(MIN_BYTES_PER_SECOND, rate) if rate > 0 else 0
        self._level, self._at = 0.0, self._clock()

    def _ask(self) -> None:
        """Take up another rate, if one is wished for meanwhile."""
        if self._wanted is None or self._clock() - self._asked < _ASK_SECONDS:
            return
        with self._lock:
            self._asked = self._clock()
            rate = self._wanted()
            if (max(MIN_BYTES_PER_SECOND, rate) if rate > 0 else 0) != self._rate:
                self._set(rate)

    def piece(self, most: int) -> int:
        """How many bytes to move at once: few when they must be spread, `most` otherwise."""
        self._ask()
        rate = self._rate
        return min(most, max(_LEAST_PIECE, rate // 8)) if rate else most

    def take(self, count: int, ended: Callable[[], bool] = lambda: False) -> None:
        """Wait until `count` bytes may pass, or `ended` says that nobody wants them any more."""
        while (wait := self._try(count)) > 0 and not ended():
            self._sleep(min(wait, _NAP_SECONDS))
            self._ask()

    def _try(self, count: int) -> float:
        """Take them, or seconds to wait first."""
        with self._lock:
            if not self._rate:
                return 0.0
            now = self._clock()
            burst = self._rate * _BURST_SECONDS
            self._level = min(burst, self._level + (now - self._at) * self._rate)
            self._at = now
            if self._level < 0:
                return max(_LEAST_NAP, -self._level / self._rate)
            self._level -= count
            return 0.0
