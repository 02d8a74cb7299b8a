"""Tells waiting devices that something changed, and streams also what came for them.

Nothing is kept: what a device misses while nobody listens it finds when it asks. What other
processes committed arrives through signals.py, without deliveries.
Spec: docs/protocol/70-store.md §7.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from centralstore.database import Transaction
from centralstore.limiter import Limiter
from protocol.api.spaces import Delivery, Wake
from protocol.ids import DeviceId

_MAX_PENDING: Final = 64
MAX_PUSH_BYTES: Final = 24 * 1024
"""Of envelope and body together; what is longer is only announced."""
PUSHES_A_SECOND: Final = 500
PUSH_BURST: Final = 250
"""For all together, whoever they are."""
OWN_PUSHES_A_SECOND: Final = 2
OWN_PUSH_BURST: Final = 10
"""For each device on top: who gets so little would find nothing more by asking."""
EVERYTHING: Final = Wake(space=b"", what="everything")
"""Stands for more wakes than are kept: look at everything."""
SLOT: Final = Wake(space=b"", what="link")
"""Something was left in a slot, or it is gone."""


class Listener:
    """What one stream or one waiting request still has to be told; `pushes`: with deliveries."""

    def __init__(self, *, pushes: bool = False) -> None:
        self._pending: dict[Wake | Delivery, None] = {}
        self._event = asyncio.Event()
        self.pushes = pushes
        self.closed = False

    def tell(self, wake: Wake | Delivery) -> None:
        """Add one thing; equal ones are told once."""
        if len(self._pending) >= _MAX_PENDING:
            self._pending = {EVERYTHING: None}
        else:
            self._pending[wake] = None
        self._event.set()

    def close(self) -> None:
        """Let the waiter go; the store is stopping, or his device was revoked."""
        self.closed = True
        self._event.set()

    async def next(self, seconds: float) -> tuple[Wake | Delivery, ...]:
        """What came, or nothing after `seconds` or at closing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        if not self.closed:
            self._event.clear()
        told, self._pending = tuple(self._pending), {}
        return told


K = TypeVar("K", bound=bytes)


class Listeners(Generic[K]):
    """Who listens, by the id of what concerns them; lives on the event loop."""

    def __init__(self) -> None:
        self._listeners: dict[K, set[Listener]] = {}
        self._closed = False

    def listen(self, to: K, *, pushes: bool = False) -> Listener:
        """Begin to listen; pair with `leave`."""
        listener = Listener(pushes=pushes)
        if self._closed:
            listener.close()
        self._listeners.setdefault(to, set()).add(listener)
        return listener

    def leave(self, to: K, listener: Listener) -> None:
        """Stop listening."""
        rest = self._listeners.get(to, set())
        rest.discard(listener)
        if not rest:
            self._listeners.pop(to, None)

    def waiting(self, to: K) -> int:
        """How many listen there now."""
        return len(self._listeners.get(to, ()))

    def tell(self, to: K, wake: Wake) -> None:
        """Tell everyone who listens there."""
        for listener in self._listeners.get(to, ()):
            listener.tell(wake)

    def tell_all(self, wake: Wake) -> None:
        """Tell everyone, wherever he listens."""
        for group in self._listeners.values():
            for listener in group:
                listener.tell(wake)

    def close(self) -> None:
        """Let all waiters go."""
        self._closed = True
        for group in list(self._listeners.values()):
            for listener in list(group):
                listener.close()


class Hub(Listeners[DeviceId]):
    """All listeners by device.

    A busy store announces instead of giving to who gets much: told twice before he asks he takes
    two at once, and that costs less than two pushes. So pushes have a rate, for all together, and
    a small one for each.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._own = Limiter(OWN_PUSHES_A_SECOND, OWN_PUSH_BURST)
        self._shared = Limiter(PUSHES_A_SECOND, PUSH_BURST)

    def devices(self) -> tuple[DeviceId, ...]:
        """The devices that listen now."""
        return tuple(self._listeners.copy())

    def committed(self, transactions: Iterable[Transaction]) -> None:
        """Tell everyone whom finished transactions concern; a revoked device hears no more."""
        for transaction in transactions:
            for device in transaction.ended:
                self.end(device)
            for device, space, what in transaction.wakes:
                self.tell(device, Wake(space=space, what=what))
            for space, what in transaction.everyone:
                self.tell_all(Wake(space=space, what=what))
            if transaction.unsure:  # a position that was not given out must reach nobody
                self.tell_all(EVERYTHING)
                continue
            for device, delivery in transaction.pushes:
                self._push(device, delivery)

    def takes_pushes(self, device: DeviceId) -> bool:
        """Whether a stream of the device is open here, and one push more may be made.

        Asked on database threads.
        """
        if not any(one.pushes for one in tuple(self._listeners.get(device, ()))):
            return False
        now = self._clock()
        return self._own.take(device, now) or self._shared.take(None, now)

    def _push(self, device: DeviceId, delivery: Delivery) -> None:
        """To its streams whole; a request that waits looks itself, as does a stream come late."""
        for listener in self._listeners.get(device, ()):
            listener.tell(delivery if listener.pushes else Wake(space=delivery.space))

    def end(self, device: DeviceId) -> None:
        """Let go of everyone who listens for a device that was revoked."""
        for listener in self._listeners.get(device, ()):
            listener.close()
