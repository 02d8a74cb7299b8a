"""Uploads and downloads of this device: starting what is due, in order, and ending it.

States and order live in the spaces' databases (`queueing`), so that a transfer goes on after any
kind of stop. Moving the parts is `sync.transfers`; sealing and checking them is `evidence_io`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jitclient import (
    diskwatch,
    fetch_together,
    grouping,
    handing_over,
    interventions,
    pace,
    queueing,
    send_together,
    taking_over,
)
from jitclient.events import Event, ExhibitsChanged
from jitclient.grouping import SMALL_AT_ONCE, Unit
from jitclient.limiting import Watched
from jitclient.metering import Metering
from jitclient.proving import Proofs
from jitclient.queueing import Due, Key
from jitclient.session import Session
from jitclient.together import Ended
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from sync.api import StoreApi
from sync.filecalls import FileCalls
from sync.line import Line
from sync.terms import CancelledTransferError, Control
from sync.throttle import Throttle
from sync.tls import pinned_context


@dataclass(slots=True)
class _Running:
    """One at work: `paused`, `yielding` to others, or of a `unit`, which never stands still."""

    task: asyncio.Task[None]
    control: Control
    paused: bool = False
    yielding: bool = False
    unit: Unit | None = None

    @property
    def active(self) -> bool:
        return self.unit is not None or not (self.paused or self.yielding)


class Transfers:
    """Implements `sync.ports.Transfers` for one unlocked device."""

    def __init__(self, session: Session, api: StoreApi, nudge: Callable[[], None]) -> None:
        self._session = session
        self._api = api
        self._nudge = nudge
        self._running: dict[Key, _Running] = {}
        self._line: Line | None = None
        self._line_to = b""  # the certificate it knows the store by
        self._failed: set[Key] = set()
        self._alone: set[Key] = set()  # they met something that is not met together
        self._cancelling: set[Key] = set()
        self._stopped = False
        self.waiting = True
        self._proofs = Proofs(session, self._prove, self._not_proven, self._prove_many)
        session.events.subscribe(self._hear)
        self._limits = Watched(session.profile.directory)
        self.metering = Metering(session.profile.directory)
        self.up = Throttle(wanted=self._limits.up())
        self.down = Throttle(wanted=self._limits.down())

    async def run_due(self) -> None:
        """Start what should run, the first first; how much at once says `grouping`."""
        self._failed.clear()
        try:
            await self._start_some()
        except BaseException:
            self.waiting = True
            raise

    def _hear(self, event: Event) -> None:
        self.waiting |= isinstance(event, ExhibitsChanged)

    async def _start_some(self) -> None:
        self.waiting = False
        self._proofs.wake()
        await interventions.tell_store(self._session, self._api)
        limit = self.metering.ahead + len(self._failed) + len(self._cancelling) + len(self._running)
        running = tuple(self._running)
        due = await self._session.run(queueing.due_in_order, self._session, limit, running)
        if self._stopped or self._session.disk:
            return
        held = self._failed | self._cancelling | self._grouped() | self.metering.held(due)
        wanted = [one for one in due if one.key not in held and not self._is_paused(one.key)]
        chosen = grouping.fitting(grouping.units(wanted, self._apart), self._room(due))
        going = {key for unit in chosen for key in unit.keys}
        for key in {one.key for one in due} - going:
            one = self._running.get(key)
            if one is not None and one.unit is None and one.active:
                one.yielding = True
                one.control.pause()
        for unit in chosen:
            self._let_run(unit)

    def _room(self, due: Sequence[Due]) -> int:
        """Places left beside the groups, and beside those that are about to end."""
        moving = {one.key for one in due}
        groups = {one.task: one.unit.room for one in self._running.values() if one.unit}
        alone = [key for key, one in self._running.items() if one.unit is None and one.active]
        ending = [key for key in alone if key not in moving]
        return SMALL_AT_ONCE - len(ending) - sum(groups.values())

    def _grouped(self) -> set[Key]:
        return {key for key, one in self._running.items() if one.unit is not None}

    def _apart(self, one: Due) -> bool:
        """It runs already, must go alone, or its bytes are counted as they move."""
        limits = self._limits.now()
        bound = limits.up if one.leaves else limits.down
        return bool(bound) or one.key in self._alone or one.key in self._running

    def _is_paused(self, key: Key) -> bool:
        return key in self._running and self._running[key].paused

    def _let_run(self, unit: Unit) -> None:
        loop, key = asyncio.get_running_loop(), unit.keys[0]
        if unit.together:
            task = loop.create_task(self._run_together(unit))
            for each in unit.keys:
                self._running[each] = _Running(task, Control(), unit=unit)
            return
        one = self._running.get(key)
        if one is None:
            control = Control()
            task = loop.create_task(self._run(key, control))
            self._running[key] = _Running(task, control)
        elif one.yielding:
            one.yielding = False
            one.control.resume()

    async def settle(self) -> None:
        """Wait until all that can finish has finished; paused ones do not count."""
        while True:
            if not (tasks := self._active()):
                await self._start_some()
                tasks = self._active()
                if not tasks:
                    await self._proofs.settle()
                    return
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await self._start_some()

    def _active(self) -> list[asyncio.Task[None]]:
        return [one.task for one in self._running.values() if one.active]

    async def stop(self) -> None:
        """End all transfers; they go on at the next start."""
        self._stopped = True
        await self._proofs.stop()
        running = {one.task for one in self._running.values()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        if self._line is not None:
            self._line.close()
            self._line = None

    async def pause(self, space: SpaceId, file: FileId) -> None:
        """Pause; the state survives restarts."""
        if await self._session.run(queueing.pause, self._session, space, file):
            self._pause((space, file))

    async def pause_all(self) -> None:
        """Pause whatever travels or waits to travel."""
        for key in await self._session.run(queueing.pause_all, self._session, tuple(self._running)):
            self._pause(key)

    def _pause(self, key: Key) -> None:
        running = self._running.get(key)
        if running is not None:
            running.paused = True
            running.control.pause()

    async def resume(self, space: SpaceId, file: FileId) -> None:
        """Go on with a paused, failed or corrupted transfer."""
        await self._session.run(interventions.make_due, self._session, space, file)
        self._failed.discard((space, file))
        await self._go_on()

    async def resume_all(self) -> None:
        """Go on with everything that was paused."""
        await self._session.run(queueing.resume_all, self._session)
        await self._go_on()

    async def _go_on(self) -> None:
        """What stands still in this process, and should not, takes its place in the order."""
        keys = [key for key, one in self._running.items() if one.paused]
        due = await self._session.run(queueing.due, self._session, 0, keys)
        for key in due:
            if (one := self._running.get(key)) is not None and one.paused:
                one.paused, one.yielding = False, True
        await self._start_some()

    async def move(self, space: SpaceId, file: FileId, *, first: bool) -> None:
        """Let a transfer go before all others, or after them; it holds at once."""
        await self._session.run(queueing.move, self._session, space, file, first=first)
        await self._start_some()

    async def cancel(self, space: SpaceId, file: FileId, reason: str = "") -> None:
        """Cancel, and withdraw an own exhibit from the store; see `interventions.cancel`."""
        key = (space, file)
        self._cancelling.add(key)  # its end wakes the engine, which must not start it anew
        try:
            running = self._running.get(key)
            if running is not None:
                running.control.cancel()
                await asyncio.wait([running.task])
            await interventions.cancel(self._session, self._api, space, file, reason)
        finally:
            self._cancelling.discard(key)

    # --- one transfer ----------------------------------------------------------------------------

    async def _run(self, key: Key, control: Control) -> None:
        space, file = key
        try:
            line = await self._lanes()
            record = await self._session.run(queueing.begin, self._session, space, file)
            throttle = self.up if record.mine else self.down
            terms = pace.terms(self._session, key, record.sealed_total, control, throttle)
            if record.mine:
                await handing_over.send(self._session, self._api, space, record, line, terms)
            else:
                await taking_over.fetch(self._session, self._api, space, record, line, terms)
        except CancelledTransferError:
            pass
        except JitError as error:
            self._failed.add(key)
            await diskwatch.note(self._session, key, error)
        except Exception:
            self._failed.add(key)  # ours: begun at once again it would fail without end
            raise
        finally:
            self._session.rates.pop(key, None)
            self._running.pop(key, None)
            self._alone.discard(key)
            self._session.events.publish(ExhibitsChanged.of(space, file))
            self._nudge()

    async def _run_together(self, unit: Unit) -> None:
        space, files = unit.first.key[0], [file for _, file in unit.keys]
        end = Ended(stopped=lambda file: (space, file) in self._cancelling)
        act = send_together.send if unit.first.leaves else fetch_together.fetch
        try:
            try:
                calls = FileCalls(await self._lanes(), self._api)
                await act(self._session, calls, space, files, end)
            except JitError as error:
                end.by(error, files)
            except Exception:
                self._failed.update(unit.keys)
                self._alone.update(unit.keys)  # whatever it is, it is not met together again
                raise
            self._alone |= {(space, file) for file in end.alone}
            for file, why in end.failed.items():
                self._failed.add((space, file))
                await diskwatch.note(self._session, (space, file), why)
        finally:
            for key in unit.keys:
                self._running.pop(key, None)
            self._session.events.publish(ExhibitsChanged.of(space, *files))
            self._nudge()

    def _not_proven(self) -> None:
        self.waiting = True

    async def _prove(self, space: SpaceId, file: FileId, proof: bytes) -> None:
        await FileCalls(await self._lanes(), self._api).prove(space, file, proof)

    async def _prove_many(self, space: SpaceId, proofs: tuple[bytes, ...]) -> None:
        await FileCalls(await self._lanes(), self._api).prove_together(space, proofs)

    async def _lanes(self) -> Line:
        one = self._session.identity
        if self._line is None or self._line_to != one.store_certificate:
            self._line_to = one.store_certificate
            host, _, port = one.store_address.rpartition(":")
            context = await asyncio.to_thread(pinned_context, one.store_certificate)
            if self._line is not None:
                self._line.kept.close()
            self._line = Line(host.strip("[]"), int(port), context)
        return self._line
