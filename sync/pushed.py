"""Deliveries that came with their wake-up, until a round takes them in.

The store's queue is without gaps. So what follows directly upon the last thing read is all there
is, and asking for it again would give the same; anything else is only a wake-up, and the queue is
read. Nothing here is kept: what is lost with the process or the line is still in the queue, where
it stays until it is acknowledged. Spec: docs/protocol/70-store.md §7, docs/adr/0034.
"""

from __future__ import annotations

from typing import Final

from protocol.api.spaces import Delivery, MailboxReply
from sync.api import StoreApi
from sync.owed import Owed

_MOST: Final = 64
"""More than that waits for no round; a store that pushes on and on fills no memory."""


class Pushed:
    """What one stream brought and no round has read."""

    def __init__(self) -> None:
        self._waiting: dict[int, Delivery] = {}
        self._read: int | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, delivery: Delivery) -> None:
        """One came. Of those beyond the bound the wake-up stays."""
        if len(self._waiting) < _MOST and (self._read is None or delivery.index > self._read):
            self._waiting[delivery.index] = delivery

    def forget(self) -> None:
        """The line broke: what comes next need not follow what was read."""
        self._waiting.clear()
        self._read = None

    def read_to(self, index: int | None) -> None:
        """The queue was read to its end, and everything up to this index is stored here.

        None: not everything is. Then the queue is asked, which gives it again.
        """
        self._read = index
        done = [one for one in self._waiting if index is not None and one <= index]
        for one in done:
            del self._waiting[one]

    def take(self) -> tuple[Delivery, ...]:
        """What follows without a gap upon what was read; if that is nothing, all is dropped."""
        found: list[Delivery] = []
        if self._read is not None:
            index = self._read + 1
            while index in self._waiting:
                found.append(self._waiting.pop(index))
                index += 1
        if not found:
            self._waiting.clear()
        return tuple(found)


class Reading:
    """How one round reads the queue. `takes_pushed`: at first what came along with a wake-up."""

    def __init__(self, api: StoreApi, owed: Owed, pushed: Pushed) -> None:
        self._api, self._owed, self._pushed = api, owed, pushed
        self._last: int | None = None
        self.takes_pushed = False

    async def page(self, after: int, limit: int) -> MailboxReply:
        """The deliveries after this index."""
        takes, self.takes_pushed = self.takes_pushed, False
        given = self._pushed.take() if takes else ()
        if given:
            reply = MailboxReply(deliveries=given, waiting=0)
        else:
            if not after:  # or what is owed would come again
                await self._owed.tell(self._api)
            reply = await self._api.mailbox(after, limit)
        if reply.deliveries:
            self._last = reply.deliveries[-1].index
        return reply

    def ended(self, left: int) -> None:
        """There is no more; `left` deliveries could not be stored."""
        if left:
            self._pushed.read_to(None)
        elif self._last is not None:
            self._pushed.read_to(self._last)
