"""Waiting for the disk beside the lanes, so that no lane waits for it.

Spec: docs/protocol/50-files.md §50.7.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

WORKERS: Final = 2
OUTSTANDING: Final = 8
"""Parts that may wait for the disk; a slower disk slows the lanes down."""


class Landing:
    """Acts that end when the disk has the bytes; few at a time, failures kept for the caller.

    Args:
        acts: how many there will be at most. A single one has nothing to go beside and is done at
            once: starting a thread for it takes longer than a small file.
    """

    def __init__(self, acts: int) -> None:
        self._single = acts == 1
        self._pool: ThreadPoolExecutor | None = None
        self._room = threading.BoundedSemaphore(OUTSTANDING)
        self._lock = threading.Lock()
        self._running: set[Future[None]] = set()
        self._failure: BaseException | None = None

    def start(self, act: Callable[[], None]) -> None:
        """Run `act` soon in another thread; blocks while too many are outstanding.

        A single one runs here, and raises what makes it fail.
        """
        if self._single:
            act()
            return
        self._room.acquire()
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="landing")
            future = self._pool.submit(act)
            self._running.add(future)
        future.add_done_callback(self._ended)

    def check(self) -> None:
        """Raise the first failure of an earlier act, once."""
        with self._lock:
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def wait(self) -> None:
        """Until nothing runs any more, and no thread is left."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()

    def _ended(self, future: Future[None]) -> None:
        self._room.release()
        with self._lock:
            self._running.discard(future)
            self._failure = self._failure or future.exception()
