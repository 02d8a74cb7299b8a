"""How long the loop that paints and takes keys gets no turn, and how much it works at a time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

BEAT: Final = 0.001
STANDS: Final = 50.0
"""Milliseconds: no slot of the window works longer, and it stands still no longer."""
_WAITED: Final = Path("/proc/thread-self/schedstat")


def queued() -> float:
    """Milliseconds in which this thread could have worked and other programs had the processor."""
    try:
        return int(_WAITED.read_text().split()[1]) / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0  # not Linux, or a kernel that does not say


class Heart:
    """Beats on the loop; remembers the longest times between beats, in ms.

    `longest` is by the clock; `own` the same less what other programs took of the processor, which
    a loaded machine does not change; `busiest` the most that the thread itself worked.
    """

    def __init__(self) -> None:
        self.longest = self.own = self.busiest = 0.0
        self._task = asyncio.get_running_loop().create_task(self._beat(), name="heart")

    async def _beat(self) -> None:
        last, used, lost = time.perf_counter(), time.thread_time(), queued()
        while True:
            await asyncio.sleep(BEAT)
            now, worked, waited = time.perf_counter(), time.thread_time(), queued()
            stood = 1000 * (now - last - BEAT)
            self.longest = max(self.longest, stood)
            self.own = max(self.own, stood - max(0.0, waited - lost))
            self.busiest = max(self.busiest, 1000 * (worked - used))
            last, used, lost = now, worked, waited

    def stop(self) -> None:
        """Beat no more."""
        self._task.cancel()
