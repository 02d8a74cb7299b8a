"""The one database thread. Connections are made, used and closed on it and nowhere else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from localstore.faults import translated
from protocol.errors import BugError, DiskError

P = ParamSpec("P")
T = TypeVar("T")


def _as_it_is(error: DiskError) -> DiskError:
    return error


class Database:
    """Runs functions one after another, in the order they were given, on its own thread.

    SQLite's and the disk's errors leave translated (`faults.translated`). A function that has
    started runs to its end even when the task waiting for it is cancelled: an act is never cut.
    """

    refused: Callable[[DiskError], DiskError] = staticmethod(_as_it_is)
    """Told on the database thread of every failure of the disk; says what is raised of it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="localstore")
        self._thread: int = self._pool.submit(threading.get_ident).result()
        self._closed = False

    async def run(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(*args)` on the database thread and wait for it without blocking the loop."""
        return await asyncio.wrap_future(self._submit(fn, *args, **kwargs))

    def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(*args)` on the database thread and block until it is done.

        For other threads than the loop's. On the database thread itself it runs at once.
        """
        if threading.get_ident() == self._thread:
            return self._guarded(fn, *args, **kwargs)
        return self._submit(fn, *args, **kwargs).result()

    def close(self) -> None:
        """Finish what was given and end the thread; close connections through `call` before."""
        self._closed = True
        self._pool.shutdown(wait=threading.get_ident() != self._thread)

    def _submit(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._closed:
            raise BugError("The database thread has ended.")
        return self._pool.submit(lambda: self._guarded(fn, *args, **kwargs))

    def _guarded(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with translated():
                return fn(*args, **kwargs)
        except DiskError as error:
            raise self.refused(error) from error
