"""Owned tasks: kept alive, their failure told once, cancelled with their owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self


class Scope:
    """Tasks that end when their owner ends.

    Unlike a `TaskGroup`, one task's failure leaves the others alone: a broken transfer must not
    stop the mailbox. Belongs to one event loop.

    Args:
        failed: told of every exception a task ended with, except its cancellation.
    """

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, work: Coroutine[object, object, None], *, name: str) -> asyncio.Task[None]:
        """Run `work` until it ends or the scope closes.

        Raises:
            RuntimeError: the scope is closed; `work` is closed unrun.
        """
        if self._closed:
            work.close()
            raise RuntimeError("The scope is closed.")
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._settle)
        return task

    @property
    def running(self) -> int:
        """How many tasks have not ended."""
        return len(self._running)

    async def settle(self) -> None:
        """Wait until every task has ended, those started meanwhile included."""
        while self._running:
            await asyncio.wait(tuple(self._running))
            await asyncio.sleep(0)  # done callbacks run in the next turn of the loop

    async def close(self) -> None:
        """Cancel every task and wait until each has ended. May be called twice."""
        self._closed = True
        for task in tuple(self._running):
            task.cancel()
        await self.settle()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _settle(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            error = task.exception()
            if error is not None:
                self._failed(error)
