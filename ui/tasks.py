"""Tasks that belong to somebody: kept alive, failures reported once, cancelled with the owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from protocol.errors import JitError

T = TypeVar("T")


class TaskScope:
    """Runs coroutines for one screen on the running loop.

    Args:
        report: told once about every failure that a coroutine did not handle itself.
    """

    def __init__(self, report: Callable[[Exception], None]) -> None:
        self._report = report
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing runs."""
        return not self._running

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run `work` until it ends or the scope is closed."""
        if self._closed:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._settle)

    def close(self) -> None:
        """Cancel everything; nothing starts here again."""
        self._closed = True
        for task in tuple(self._running):
            task.cancel()

    def _settle(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        failure = task.exception()
        if failure is None or self._closed:
            return
        if isinstance(failure, Exception):
            self._report(failure)


def is_ours(failure: Exception) -> bool:
    """Whether the failure carries a sentence for a person."""
    return isinstance(failure, JitError)


class Reload:
    """Runs one loading coroutine at a time; asked while it runs, it runs once more.

    Args:
        scope: where it runs.
        work: makes the coroutine.
    """

    def __init__(
        self, scope: TaskScope, work: Callable[[], Coroutine[Any, Any, None]], *, name: str
    ) -> None:
        self._scope = scope
        self._work = work
        self._name = name
        self._running = False
        self._again = False

    def __call__(self) -> None:
        """Load now, or once more when the present load is done."""
        if self._running:
            self._again = True
            return
        self._running = True
        self._scope.start(self._run(), name=self._name)

    async def _run(self) -> None:
        try:
            self._again = True
            while self._again:
                self._again = False
                await self._work()
        finally:
            self._running = False


class StoppedError(Exception):
    """A person stopped the work."""


class Stoppable:
    """One piece of work at a time that a person may stop."""

    def __init__(self) -> None:
        self._work: asyncio.Task[Any] | None = None

    def stop(self) -> None:
        """Go no further; nothing where nothing runs."""
        if self._work is not None:
            self._work.cancel()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of the work.

        Raises:
            StoppedError: it was stopped.
            asyncio.CancelledError: whoever waits for it was cancelled, and the work with it.
        """
        self._work = running = asyncio.get_running_loop().create_task(work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError as ended:
            running.cancel()
            own = asyncio.current_task()
            if own is not None and own.cancelling():
                raise  # the window closes
            raise StoppedError from ended
        finally:
            self._work = None
