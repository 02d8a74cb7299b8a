"""The runner under `transfers`: performs what a machine decides, in one event loop.

Small requests run as tasks of the loop, parts in one thread per lane. Whatever is started belongs
to a turn; an abort ends the turn, and nothing an ended turn still reports counts.
Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Final, Protocol

from protocol.errors import DiskError, JitError, TryAgainError
from protocol.limits import MAX_PART_BYTES
from sync.chunk_io import Lane
from sync.errors import BusyError
from sync.line import Bearer, Line
from sync.machines import transfer as m
from sync.ports_transfer import Tokens
from sync.terms import CancelledTransferError, NotReadyYetError, Progress, Terms

TICK_SECONDS: Final = 0.25


class Work(Protocol):
    """What differs between an upload and a download."""

    @property
    def parts(self) -> int:
        """How many parts the file has."""

    @property
    def done(self) -> int:
        """How many are where they belong."""

    async def open(self) -> None:
        """Ask the store. Raises NotReadyYetError, StoreUnreachableError, JitError."""

    def lane(self, lane: Lane) -> Iterator[None]:
        """Move parts in a worker thread; yields after each part."""

    @property
    def aside(self) -> bool:
        """Whether there may be something to do for `beside`."""

    def beside(self) -> Iterator[None]:
        """What a further thread does meanwhile, without the line; yields after each step."""

    async def close(self) -> None:
        """The last step. Raises like `open`."""


class Run:
    """One run of one transfer."""

    def __init__(
        self,
        work: Work,
        step: Callable[[m.State, m.Event], m.Step],
        tokens: Tokens,
        line: Line,
        terms: Terms,
    ) -> None:
        self._work = work
        self._step = step
        self._tokens = tokens
        self._line = line
        self._terms = terms
        self._state: m.State = m.Idle(m.Tries(most=terms.patience))
        self._loop: asyncio.AbstractEventLoop
        self._group: asyncio.TaskGroup
        self._events: asyncio.Queue[tuple[int, m.Event]] = asyncio.Queue()
        self._turn = 0
        self._active: asyncio.Task[None] | None = None
        self._lanes: list[Lane] = []
        self._stop = threading.Event()
        self._counter = threading.Lock()
        self._moved = 0
        self._partial: list[int] = []
        self._shown: Progress | None = None

    async def finish(self) -> None:
        """Run to the end.

        Raises:
            JitError: what made it fail.
            CancelledTransferError: it was cancelled.
        """
        self._loop = asyncio.get_running_loop()
        self._post(self._turn, m.Start())
        self._terms.control.attach(lambda event: self._events.put_nowait((-1, event)))
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                await self._run()
            finally:
                await self._abort()
        match self._state:
            case m.Failed(error):
                raise error
            case m.Cancelled():
                raise CancelledTransferError("The transfer was cancelled.")
            case _:
                return

    async def _run(self) -> None:
        while not isinstance(self._state, (m.Done, m.Cancelled, m.Failed)):
            event = await self._next()
            if event is None:
                continue
            self._state, effects = self._step(self._state, event)
            for effect in effects:
                await self._perform(effect)
            self._show()

    async def _next(self) -> m.Event | None:
        """The next event that counts; a tick when nothing comes while parts move."""
        if not isinstance(self._state, m.Moving):
            turn, event = await self._events.get()
        else:
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    turn, event = await self._events.get()
            except TimeoutError:
                return m.Tick(self._moved, self._terms.clock(), self._terms.jitter())
        return event if turn in {-1, self._turn} else None

    async def _perform(self, effect: m.Effect) -> None:
        match effect:
            case m.Open():
                self._start(self._work.open, m.Opened())
            case m.Move():
                self._start(self._move, m.AllMoved())
            case m.Close():
                self._start(self._work.close, m.Closed())
            case m.WakeIn(seconds):
                self._start(lambda: self._terms.sleep(seconds), m.Due())
            case m.Abort():
                await self._abort()

    def _start(self, act: Callable[[], Awaitable[None]], success: m.Event) -> None:
        self._turn += 1
        self._active = self._group.create_task(self._report(act, self._turn, success))

    async def _report(
        self, act: Callable[[], Awaitable[None]], turn: int, success: m.Event
    ) -> None:
        try:
            await act()
        except NotReadyYetError:
            self._post(turn, m.NotReady(self._terms.jitter()))
        except TryAgainError as error:
            rest = (error.retry_after or 0.0) if isinstance(error, BusyError) else 0.0
            self._post(turn, m.LinkLost(self._terms.jitter(), rest))
        except JitError as error:
            self._post(turn, m.Broken(error))
        except OSError as error:
            self._post(turn, m.Broken(DiskError(f"The disk failed: {error.strerror}.")))
        else:
            self._post(turn, success)

    def _post(self, turn: int, event: m.Event) -> None:
        self._events.put_nowait((turn, event))

    async def _abort(self) -> None:
        """End the turn and wait until nothing of it runs any more."""
        self._turn += 1
        active, self._active = self._active, None
        if active is not None and not active.done():
            active.cancel()
            await asyncio.wait((active,))

    # --- lanes -------------------------------------------------------------------------------

    async def _move(self) -> None:
        turn = self._turn
        self._stop.clear()
        bearer = Bearer(self._fetch_token)
        lanes = min(self._terms.lanes, self._work.parts)
        self._partial = [0] * lanes
        self._lanes = [
            Lane(self._line, bearer, partial(self._count, number), self._terms.throttle)
            for number in range(lanes)
        ]
        running = [
            self._loop.run_in_executor(self._line.threads, self._drive, number, turn)
            for number in (*range(lanes), *(None,) * self._work.aside)
        ]
        try:
            await asyncio.wait(running)
        finally:
            self._stop.set()
            for lane in self._lanes:
                lane.abort()
            # The sockets are shut: every thread ends within the work on one part.
            await asyncio.wait(running)
            failures = [error for lane in running if (error := lane.exception())]
        # A final error counts more than a line that broke beside it.
        for error in sorted(failures, key=lambda error: isinstance(error, TryAgainError)):
            raise error

    def _drive(self, number: int | None, turn: int) -> None:
        """A lane's thread, or the one beside them. The first failure ends all after their part."""
        lane = None if number is None else self._lanes[number]
        try:
            for _ in self._work.beside() if lane is None else self._work.lane(lane):
                if number is not None:
                    self._partial[number] = 0
                self._loop.call_soon_threadsafe(self._post, turn, m.PartMoved())
                if self._stop.is_set():
                    break
        except BaseException:
            self._stop.set()
            raise
        finally:
            if lane is not None:
                lane.release()

    def _count(self, number: int, size: int) -> None:
        with self._counter:
            self._moved += size
            self._partial[number] = min(MAX_PART_BYTES, self._partial[number] + size)

    def _fetch_token(self, stale: str | None) -> str:
        """A bearer token, for a lane's thread."""
        asked = asyncio.run_coroutine_threadsafe(self._tokens.token(stale=stale), self._loop)
        try:
            return asked.result(self._line.timeout)
        except TimeoutError as error:
            asked.cancel()
            raise BusyError("The store is slow to sign in.", retry_after=None) from error

    def _show(self) -> None:
        name = type(self._state).__name__.lower()
        under_way = sum(self._partial) if isinstance(self._state, m.Moving) else 0
        shown = Progress(name, self._moved, self._work.done, self._work.parts, under_way)
        if shown != self._shown:
            self._shown = shown
            self._terms.progress(shown)
