"""The store's inside without its network face: everything opened, wired together, and closed again.

What a transaction has to tell is told here to this process's own listeners and, where several
processes share the database, handed to the others; what they tell arrives here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import Final

from sqlalchemy import select

from centralstore import moving, places, renewal
from centralstore.database import Database, Transaction
from centralstore.embedded import Embedded
from centralstore.limiter import addresses_of, rates_of
from centralstore.metrics import Metrics
from centralstore.objects import Objects
from centralstore.quotas import mailbox_quota_of, quotas_of
from centralstore.renewal import Loaded, Presented
from centralstore.sequencer import Sequencer
from centralstore.service import Service
from centralstore.settings import Store
from centralstore.shared import Shared
from centralstore.signals import Notice, Signals
from centralstore.sweeper import Sweeper
from centralstore.tables import DEVICE
from centralstore.wakes import EVERYTHING, SLOT, Hub, Listeners
from protocol.api.spaces import Wake
from protocol.errors import ConfigurationError, JitError
from protocol.ids import DeviceId

Clock = Callable[[], float]
_PARTS_AT_ONCE: Final = 24
_HEARD_SECONDS: Final = 10.0


@asynccontextmanager
async def opened(store: Store, clock: Clock) -> AsyncIterator[Service]:
    """The store's inside, ready to work.

    Raises:
        ConfigurationError: a database or bucket that cannot be, or that is out of reach.
    """
    presented = Presented(await asyncio.to_thread(_certificate, store, clock()))
    engine, blobs = places.engine(store), places.blobs(store)
    await asyncio.to_thread(moving.bring, store, engine, clock())
    if isinstance(blobs, Objects):
        await blobs.check()
    ears = _Ears(metrics := Metrics(version("jitclient")))
    facts: Database
    told = (engine, clock, store.sealer(), ears.committed, metrics.committed)
    if places.is_shared(store):
        facts = Shared(*told, connections=store.config.database_connections)
    else:
        facts = Embedded(*told)
    ears.sweeper = Sweeper(facts, blobs, clock, metrics)
    ears.sequencer = Sequencer(facts, clock)
    try:
        if places.is_shared(store):
            url = engine.url.set(drivername="postgresql")
            await ears.listen(url.render_as_string(hide_password=False), facts)
        yield Service(
            clock=clock,
            presented=presented,
            key=store.store_key(),
            database=facts,
            blobs=blobs,
            hub=ears.hub,
            slots=ears.slots,
            limiter=addresses_of(store.config),
            sweeper=ears.sweeper,
            sequencer=ears.sequencer,
            arriving=asyncio.Semaphore(_PARTS_AT_ONCE),
            metrics=metrics,
            rates=rates_of(store.config),
            proxies=store.proxies,
            quotas=quotas_of(store.config),
            mailbox_quota=mailbox_quota_of(store.config),
        )
    finally:
        await asyncio.to_thread(facts.close)
        await ears.close()


def _certificate(store: Store, now: float) -> Loaded:
    try:
        return renewal.load(store, now)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "The certificate in the folder keys cannot be used: it is missing, damaged, or its key "
            "is another one's."
        ) from error


class _Ears:
    """Who is to be told what, here and in the other processes; lives on the event loop."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.hub, self.slots = Hub(), Listeners[bytes]()
        self.sweeper: Sweeper | None = None
        self.sequencer: Sequencer | None = None
        self._signals: Signals | None = None
        self._facts: Database | None = None
        self._looking: set[asyncio.Task[None]] = set()

    async def listen(self, url: str, facts: Database) -> None:
        """Begin to hear the other processes.

        Raises:
            ConfigurationError: the database does not let us listen.
        """
        loop = asyncio.get_running_loop()
        self._facts = facts
        self._signals = Signals(
            url,
            told=lambda notice: _soon(loop, lambda: self._heard(notice)),
            lost=lambda: _soon(loop, self._missed),
        )
        if not await asyncio.to_thread(self._signals.listening, _HEARD_SECONDS):
            raise ConfigurationError("The database does not let the store listen to it.")

    def committed(self, transactions: list[Transaction]) -> None:
        """Our own: tell whom they concern, here and elsewhere."""
        self.hub.committed(transactions)
        if self.sequencer is not None and any(one.accesses for one in transactions):
            self.sequencer.poke()
        for slot in (slot for transaction in transactions for slot in transaction.changed):
            self.slots.tell(slot, SLOT)
        self._metrics.met_full(sum(one.full for one in transactions))
        if any(one.doomed or one.unsure for one in transactions):
            self._poke()
        if any(one.unsure for one in transactions):
            self._missed()
        if self._signals is not None:
            self._signals.publish(transactions)

    async def close(self) -> None:
        """Tell the others what is still to be told, and hear no more."""
        if self._signals is not None:
            await asyncio.sleep(0)  # what was committed last is being told on this loop
            await asyncio.to_thread(self._signals.close)
        for task in self._looking:
            task.cancel()

    def _heard(self, notice: Notice) -> None:
        """Another process's."""
        for device in notice.ended:
            self.hub.end(DeviceId(device))
        for device, space, what in notice.wakes:
            self.hub.tell(DeviceId(device), Wake(space=space, what=what))
        for space, what in notice.everyone:
            self.hub.tell_all(Wake(space=space, what=what))
        for slot in notice.changed:
            self.slots.tell(slot, SLOT)
        if notice.doomed:
            self._poke()
        if notice.everything:
            self._missed()

    def _missed(self) -> None:
        """Something may have happened that was not told: look at everything."""
        self.hub.tell_all(EVERYTHING)
        self.slots.tell_all(SLOT)
        self._poke()
        task = asyncio.get_running_loop().create_task(self._end_revoked(), name="revoked")
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _end_revoked(self) -> None:
        """Let go of devices whose revocation was not heard."""
        listening = self.hub.devices()
        if self._facts is None or not listening:
            return

        def look(tx: Transaction) -> list[bytes]:
            revoked = DEVICE.c.revoked.is_(True) & DEVICE.c.id.in_(listening)
            return [
                bytes(one) for one in tx.conn.execute(select(DEVICE.c.id).where(revoked)).scalars()
            ]

        with suppress(JitError):  # out of reach again: whoever comes back to it looks again
            for device in await self._facts.run("", look):
                self.hub.end(DeviceId(device))

    def _poke(self) -> None:
        if self.sweeper is not None:
            self.sweeper.poke()


def _soon(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(act)
