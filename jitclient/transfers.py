"""Uploads and downloads of this device: what should run, running it, and what its end means.

The states live in the space's database, so that a transfer goes on after any kind of stop. Moving
the parts is `sync.transfers`; sealing and checking them is `evidence_io`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from jitclient import consequences, handing_over, interventions, spacewise, taking_over
from jitclient.events import ExhibitsChanged, TransferMoved
from jitclient.exhibits import exhibit_of
from jitclient.session import Session
from localstore import evidence, spaces
from localstore.connection import transaction
from localstore.evidence import ExhibitRecord
from protocol.errors import (
    ErasedError,
    JitError,
    RefusedError,
    SourceChangedError,
    SpaceClosedError,
    TryAgainError,
)
from protocol.ids import FileId, SpaceId, UserId
from sync.api import StoreApi
from sync.chunk_io import Line
from sync.terms import CancelledTransferError, Control, Progress, Terms
from sync.tls import pinned_context

AT_ONCE = 2
PATIENCE = 3
RATE_MEMORY = 0.7
TO_SEND = frozenset({"sealing", "uploading"})
TO_FETCH = frozenset({"available", "downloading"})
Key = tuple[SpaceId, FileId]


@dataclass(slots=True)
class _Running:
    task: asyncio.Task[None]
    control: Control
    paused: bool = False


class Transfers:
    """Implements `sync.ports.Transfers` for one unlocked device."""

    def __init__(self, session: Session, api: StoreApi, nudge: Callable[[], None]) -> None:
        self._session = session
        self._api = api
        self._nudge = nudge
        self._running: dict[Key, _Running] = {}
        self._line: Line | None = None
        self._failed: set[Key] = set()
        self._cancelling: set[Key] = set()
        self._stopped = False

    async def run_due(self) -> None:
        """Start what should run, at most AT_ONCE at a time."""
        self._failed.clear()
        await self._start_some()

    async def _start_some(self) -> None:
        await taking_over.post_proofs(self._session, self._api)
        due = await self._session.run(_due, self._session)
        active = sum(1 for r in self._running.values() if not r.paused)
        for key in due:
            held = key in self._failed or key in self._cancelling or self._stopped
            if held or key in self._running or active >= AT_ONCE:
                continue
            active += 1
            control = Control()
            task = asyncio.get_running_loop().create_task(self._run(key, control))
            self._running[key] = _Running(task, control)

    async def settle(self) -> None:
        """Wait until all that can finish has finished; paused ones do not count."""
        while True:
            tasks = [r.task for r in self._running.values() if not r.paused]
            if not tasks:
                await self._start_some()
                tasks = [r.task for r in self._running.values() if not r.paused]
                if not tasks:
                    return
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await self._start_some()

    async def stop(self) -> None:
        """End all transfers; they go on at the next start."""
        self._stopped = True
        running = list(self._running.values())
        for one in running:
            one.task.cancel()
        if running:
            await asyncio.wait([one.task for one in running])

    async def pause(self, space: SpaceId, file: FileId) -> None:
        """Pause; the state survives restarts."""
        stands = await self._session.run(_pause, self._session, space, file)
        running = self._running.get((space, file))
        if running is not None and stands:
            running.paused = True
            running.control.pause()

    async def resume(self, space: SpaceId, file: FileId) -> None:
        """Go on with a paused, failed or corrupted transfer."""
        await self._session.run(interventions.make_due, self._session, space, file)
        self._failed.discard((space, file))
        running = self._running.get((space, file))
        if running is not None:
            running.paused = False
            running.control.resume()
        else:
            await self._start_some()

    async def cancel(self, space: SpaceId, file: FileId) -> None:
        """Cancel, and withdraw an own exhibit from the store."""
        key = (space, file)
        self._cancelling.add(key)  # its end wakes the engine, which must not start it anew
        try:
            running = self._running.get(key)
            if running is not None:
                running.control.cancel()
                await asyncio.wait([running.task])
            await interventions.cancel(self._session, self._api, space, file)
        finally:
            self._cancelling.discard(key)

    # --- one transfer ----------------------------------------------------------------------------

    async def _run(self, key: Key, control: Control) -> None:
        space, file = key
        try:
            line = await self._lanes()
            record = await self._session.run(_begin, self._session, space, file)
            terms = self._terms(key, record.sealed_total, record.parts, control)
            if record.mine:
                await handing_over.send(self._session, self._api, space, record, line, terms)
            else:
                await taking_over.fetch(self._session, self._api, space, record, line, terms)
        except CancelledTransferError:
            pass
        except JitError as error:
            self._failed.add(key)
            await self._session.run(_ended, self._session, space, file, error)
        finally:
            self._session.rates.pop(key, None)
            self._running.pop(key, None)
            self._session.events.publish(ExhibitsChanged(space))
            self._nudge()

    async def _lanes(self) -> Line:
        if self._line is None:
            one = self._session.identity
            host, _, port = one.store_address.rpartition(":")
            context = await asyncio.to_thread(pinned_context, one.store_certificate)
            self._line = Line(host.strip("[]"), int(port), context)
        return self._line

    def _terms(self, key: Key, total: int, parts: int, control: Control) -> Terms:
        session = self._session
        clock = session.clock
        last = [clock.monotonic(), 0.0, 0.0]  # time, bytes moved, rate

        def progress(now: Progress) -> None:
            at = clock.monotonic()
            passed = at - last[0]
            if passed > 0:
                fresh = max(0.0, now.moved - last[1]) / passed
                rate = fresh if not last[2] else RATE_MEMORY * last[2] + (1 - RATE_MEMORY) * fresh
                last[0], last[1], last[2] = at, float(now.moved), rate
                session.rates[key] = rate
            done = total * now.done // max(1, parts)
            session.events.publish(TransferMoved(*key, done, total, last[2]))

        return Terms(
            clock=clock.monotonic,
            jitter=clock.jitter,
            patience=PATIENCE,
            control=control,
            progress=progress,
        )


def _due(session: Session) -> list[Key]:
    found: list[Key] = []
    for row in spaces.spaces(session.stores.device):
        if row.state == "open" and row.log_seq >= 0:
            found += spacewise.attempt(session, SpaceId(row.space), _due_in) or ()
    return found


def _due_in(session: Session, space: SpaceId) -> list[Key]:
    every = evidence.exhibits(session.stores.space(space))
    return [(space, FileId(record.file)) for record in every if _is_due(record)]


def _is_due(record: ExhibitRecord) -> bool:
    return record.state in (TO_SEND if record.mine else TO_FETCH)


def _begin(session: Session, space: SpaceId, file: FileId) -> ExhibitRecord:
    """The exhibit as it stands now: since it was found due it may have been moved or stopped.

    Raises:
        CancelledTransferError: there is nothing to move any more.
    """
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None or not _is_due(record):
        raise CancelledTransferError("The transfer was ended meanwhile.")
    _set_state(session, space, file, "uploading" if record.mine else "downloading")
    return record


def _pause(session: Session, space: SpaceId, file: FileId) -> bool:
    """Note a pause, unless the transfer is over already."""
    record = exhibit_of(session, space, file)
    if _is_due(record):
        _set_state(session, space, file, "paused")
    return record.state == "paused" or _is_due(record)


def _set_state(
    session: Session, space: SpaceId, file: FileId, state: str, problem: str = ""
) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        evidence.update_exhibit(sp, file, state=state, problem=problem)
    session.tell(ExhibitsChanged(space))


def _ended(session: Session, space: SpaceId, file: FileId, error: JitError) -> None:
    """What the end of a transfer by an error means for its exhibit."""
    if isinstance(error, SpaceClosedError):
        return
    try:
        if isinstance(error, TryAgainError):
            return  # the store went away: the state stays, the next round goes on
        if isinstance(error, ErasedError):
            _set_state(session, space, file, "erased", error.sentence)
        elif isinstance(error, SourceChangedError):
            _set_state(session, space, file, "failed", interventions.CHANGED + error.sentence)
        elif isinstance(error, RefusedError):
            _set_state(session, space, file, "corrupted", error.sentence)
            session.alarm(space, _named(session, space, file, error), key=file.hex())
        elif session.user not in session.log(space).roster.members:
            gone = f"{consequences.GONE}; this transfer has ended."
            _set_state(session, space, file, "failed", gone)
        else:
            _set_state(session, space, file, "failed", error.sentence)
    except SpaceClosedError:
        return  # it was wiped meanwhile


def _named(session: Session, space: SpaceId, file: FileId, error: RefusedError) -> RefusedError:
    """The same refusal, saying which exhibit and whose."""
    record = evidence.exhibit(session.stores.space(space), file)
    if record is None:
        return error
    who = session.name_of(UserId(record.author_user))
    sentence = f"“{record.name}” of {who} was refused: {error.sentence}"
    return type(error)(sentence, code=error.reason)
