"""Keeps this device and the store in step: one round at a time, woken by whatever happens.

Decides nothing: what to do is in the machines, what it means is behind the ports.
Start at `Engine.round`; its steps are `sync/round.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from math import ceil

from protocol.api.spaces import Delivery, Wake
from protocol.errors import BugError, JitError, StoreIdentityError
from sync.api import StoreApi
from sync.errand import ANSWER_SECONDS, WAKES, Errand, Errands
from sync.errors import BusyError
from sync.machines import link
from sync.machines.link import Link
from sync.owed import Owed
from sync.ports import Ports
from sync.pushed import Pushed
from sync.round import Round
from sync.scope import Scope
from sync.steps import RoundResult

__all__ = ["Engine", "Errand", "Link", "RoundResult"]


class Engine:
    """Rounds over one store for one device.

    Args:
        api: the store.
        ports: the device.
        clock: unix seconds.
        jitter: uniform in [0, 1); spreads retries.
        answer_seconds: how long what came waits for its acknowledgement and receipts.
    """

    def __init__(
        self,
        api: StoreApi,
        ports: Ports,
        clock: Callable[[], float],
        jitter: Callable[[], float],
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._api = api
        self._ports = ports
        self._clock = clock
        self._jitter = jitter
        self._one_at_a_time = asyncio.Lock()
        self._nudged = asyncio.Event()
        self._online = asyncio.Event()
        self._last: RoundResult | None = None
        self._next_try: int | None = None
        self._foreign: StoreIdentityError | None = None
        self._errands = Errands()
        self._listening = False
        self._owed = Owed()
        self._pushed = Pushed()
        self._answer_seconds = answer_seconds
        self._answer: asyncio.TimerHandle | None = None

    @property
    def last(self) -> RoundResult | None:
        """The result of the last round that ended, if any."""
        return self._last

    @property
    def next_try(self) -> int | None:
        """When the next round begins of itself, in seconds since 1970; None before the first."""
        return self._next_try

    @property
    def foreign(self) -> StoreIdentityError | None:
        """What is said of somebody else who answered the watch last; None: the store does."""
        return self._foreign

    async def round(self, *, transfers: bool, directory: bool = True) -> RoundResult:
        """One complete round of receiving and sending; waits for a round under way to end first.

        Deadlines (also offline), sign-in, prekeys, directory, logs, queue, outbox, sessions,
        sealing, receipts, what these put into the outbox, wipes, transfers.

        Args:
            transfers: wait until every transfer has finished, then exchange once more, so that
                a one-shot round leaves nothing that could be done.
            directory: also refill prekeys and read the directory, which grows with everyone at
                the store; rounds that only answer a wake-up leave both to the next poll.

        Returns:
            What was done. An unreachable or busy store, and whatever a step was refused, is in
            it and not raised.

        Raises:
            StoreIdentityError: somebody else answers at the store's address.
            BugError: ours.
        """
        once = self._begin()
        async with self._one_at_a_time:
            await once.exchange(directory=directory)
            self._last = once.result()
        if not transfers or once.ended:
            return self._last
        await once.settle()  # for hours, perhaps: messages must not wait for it
        async with self._one_at_a_time:
            if not once.ended:
                await once.follow_up()
            self._last = once.result()
        return self._last

    def nudge(self, errand: Errand = Errand.EVERYTHING) -> None:
        """Run a round soon: something was saved, or somebody asks. Call it on the loop."""
        self._errands.add(errand)
        self._nudged.set()

    async def watch(self, stop: asyncio.Event, changed: Callable[[str], None]) -> None:
        """Rounds until `stop`: at once, at every wake-up and nudge, and at least once a minute.

        Cancels the round under way when `stop` is set; whatever it had not finished is done
        again by the next one.

        Args:
            stop: ends the watch.
            changed: told a `Link` value ("connecting", "online", "offline", "refused") at the
                start and after every round, the same one again included; `last` has the rest.

        Raises:
            BugError: ours. The watch has ended then.
        """
        ended = asyncio.Event()
        failures: list[BaseException] = []

        def failed(error: BaseException) -> None:
            failures.append(error)
            ended.set()

        async def until_stop() -> None:
            await stop.wait()
            ended.set()

        async with Scope(failed) as scope:
            scope.start(self._keep_rounds(changed), name="sync rounds")
            scope.start(self._keep_listening(), name="sync wake-ups")
            scope.start(until_stop(), name="sync stop")
            await ended.wait()
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None
        if failures:
            raise failures[0]

    async def _keep_rounds(self, changed: Callable[[str], None]) -> None:
        state, nudged = link.State(), False
        self._online.clear()
        changed(state.link.value)
        while True:
            self._nudged.clear()
            now = self._clock()
            directory = not nudged or state.failures > 0 or self._errands.is_due(now)
            errand = self._errands.take(now, listening=self._listening)
            state, wake = link.step(state, await self._attempt(errand, directory=directory))
            changed(state.link.value)
            if state.link is Link.ONLINE:
                self._online.set()
            else:
                self._online.clear()
            self._next_try = ceil(self._clock() + wake.seconds)
            nudged = await self._wait(wake)

    async def _attempt(self, errand: Errand, *, directory: bool) -> link.Event:
        sound, self._foreign = False, None
        try:
            if errand is Errand.EVERYTHING:
                result = await self.round(transfers=False, directory=directory)
            else:
                result = await self._run_errand(errand)
            sound = result.sound
        except StoreIdentityError as error:
            self._foreign = error
            return link.WrongStore(self._jitter())
        finally:
            self._errands.ended(errand, self._clock(), sound=sound)
        if isinstance(result.error, BusyError):
            return link.Busy(self._jitter(), result.error.retry_after)
        return link.Answered() if result.online else link.Unreachable(self._jitter())

    async def _run_errand(self, errand: Errand) -> RoundResult:
        once = self._begin()
        async with self._one_at_a_time:
            await once.run_errand(errand)
            self._last = once.result()
        if self._owed and self._answer is None:
            loop = asyncio.get_running_loop()
            self._answer = loop.call_later(self._answer_seconds, self._answer_now)
        return self._last

    def _begin(self) -> Round:
        return Round(self._api, self._ports, self._clock, self._jitter, self._owed, self._pushed)

    def _answer_now(self) -> None:
        self._answer = None
        self.nudge(Errand.ANSWER)

    async def _keep_listening(self) -> None:
        """Hold the wake-up stream open while the store is there; every wake nudges."""
        failures = 0
        while True:
            await self._online.wait()
            try:
                async with aclosing(self._api.events()) as stream:
                    async for told in stream:
                        failures = 0
                        self._listening = True
                        self.nudge(self._errand_of(told))
            except BugError:
                raise
            except JitError:
                pass  # what it was the next round finds out; here it only means no wake-ups
            self._listening = False
            self._pushed.forget()
            self.nudge()
            delay = link.retry_delay(failures, self._jitter())
            failures += 1
            await asyncio.sleep(delay)

    def _errand_of(self, told: Wake | Delivery) -> Errand:
        if isinstance(told, Delivery):
            self._pushed.add(told)
            return Errand.PUSHED
        return WAKES.get(told.what, Errand.EVERYTHING)

    async def _wait(self, wake: link.WakeIn) -> bool:
        """Wait for the next round; whether a nudge ended it early."""
        if not wake.sooner:
            await asyncio.sleep(wake.seconds)
            return False
        try:
            async with asyncio.timeout(wake.seconds):
                await self._nudged.wait()
        except TimeoutError:
            return False
        return True
