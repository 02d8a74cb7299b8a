"""How full the pool of database transactions is: for the operator, and for nobody else.

Guide: docs/OPERATOR_GUIDE.md §9.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """Transactions that can run at once, those that run now, and jobs that wait for one."""

    size: int
    busy: int
    waiting: int

    def __add__(self, other: Load) -> Load:
        return Load(self.size + other.size, self.busy + other.busy, self.waiting + other.waiting)


class AtWork:
    """The threads that are in a transaction; each adds and takes away itself alone."""

    def __init__(self) -> None:
        self._threads: set[int] = set()

    def __len__(self) -> int:
        return len(self._threads)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Count the thread that is inside."""
        me = threading.get_ident()
        self._threads.add(me)
        try:
            yield
        finally:
            self._threads.discard(me)
