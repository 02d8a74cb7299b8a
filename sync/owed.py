"""Acknowledgements the store has not had yet: what it may forget, a moment later than it could."""

from __future__ import annotations

from collections.abc import Iterable

from protocol.limits import MAX_MAILBOX_PAGE
from sync.api import StoreApi


class Owed:
    """Deliveries that are stored here. Lost with the process: the store then delivers once more."""

    def __init__(self) -> None:
        self._indexes: list[int] = []
        self.read_to_the_end = False
        """Whether the queue was empty when it was read last: what lacks may be asked for."""

    def __bool__(self) -> bool:
        return bool(self._indexes)

    @property
    def last(self) -> int:
        """The queue is read after this index, or what is owed comes again; 0: from the start."""
        return max(self._indexes, default=0)

    def add(self, indexes: Iterable[int]) -> None:
        """These are safe here."""
        self._indexes.extend(indexes)

    async def tell(self, api: StoreApi) -> None:
        """Acknowledge them all.

        Raises:
            JitError: the store cannot be told now; what it was not told stays owed.
        """
        while some := tuple(self._indexes[:MAX_MAILBOX_PAGE]):
            await api.ack(some)
            del self._indexes[: len(some)]
