"""Tells waiting devices that something changed; carries no content and forgets at once.

What a device misses while nobody listens it finds when it asks. What other processes committed
arrives through signals.py. Spec: docs/protocol/70-store.md §7.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from centralstore.database import Transaction
from protocol.api.spaces import Wake
from protocol.ids import DeviceId

_MAX_PENDING: Final = 64
EVERYTHING: Final = Wake(space=b"", what="everything")
"""Stands for more wakes than are kept: look at everything."""
SLOT: Final = Wake(space=b"", what="link")
"""Something was left in a slot, or it is gone."""


class Listener:
    """What one stream or one waiting request still has to be told."""

    def __init__(self) -> None:
        self._pending: dict[Wake, None] = {}
        self._event = asyncio.Event()
        self.closed = False

    def tell(self, wake: Wake) -> None:
        """Add one wake; equal ones are told once."""
        if len(self._pending) >= _MAX_PENDING:
            self._pending = {EVERYTHING: None}
        else:
            self._pending[wake] = None
        self._event.set()

    def close(self) -> None:
        """Let the waiter go; the store is stopping, or his device was revoked."""
        self.closed = True
        self._event.set()

    async def next(self, seconds: float) -> tuple[Wake, ...]:
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

    def listen(self, to: K) -> Listener:
        """Begin to listen; pair with `leave`."""
        listener = Listener()
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
    """All listeners by device."""

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
            if transaction.unsure:
                self.tell_all(EVERYTHING)

    def end(self, device: DeviceId) -> None:
        """Let go of everyone who listens for a device that was revoked."""
        for listener in self._listeners.get(device, ()):
            listener.close()
