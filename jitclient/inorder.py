"""Hashes that need order, over parts that several threads bring nearly in order.

Spec: docs/protocol/50-files.md §50.5 and §50.7.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Final

from crypto import merkle
from protocol.errors import BugError

HELD_PARTS: Final = 4
"""Opened parts kept in memory while an earlier one is still on its way; others are read back."""


class OrderedTree:
    """A Merkle tree whose leaves come nearly in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._builder = merkle.Builder()
        self._early: dict[int, bytes] = {}

    def add(self, index: int, leaf: bytes) -> None:
        """Add the leaf of part `index`, once."""
        with self._lock:
            self._early[index] = leaf
            while (following := self._early.pop(self._builder.count, None)) is not None:
                self._builder.add(following)

    def root(self, leaves: int) -> bytes:
        """The root over exactly `leaves` leaves, 32 bytes.

        Raises:
            BugError: there are more or fewer so far.
        """
        with self._lock:
            if self._builder.count != leaves:
                raise BugError("The root was asked for before the last part was sealed.")
            return self._builder.root()


class OrderedWhole:
    """SHA-256 and Merkle tree over parts in any order, without opening a part twice if avoidable.

    An early part waits in memory while there is room; beyond that it is read back from disk when
    its turn comes, as are parts kept by an earlier run. One thread hashes at a time; the others
    go on receiving.

    Args:
        parts: how many there are.
        plain_bytes: size of a buffer that holds any opened part.
        read_back: plaintext (in the buffer) and leaf of a part, or None when it is not kept.
    """

    def __init__(
        self,
        parts: int,
        plain_bytes: int,
        read_back: Callable[[int, bytearray], tuple[memoryview, bytes] | None],
    ) -> None:
        self._parts = parts
        self._plain_bytes = plain_bytes
        self._read_back = read_back
        self._lock = threading.Lock()
        self._hashing = False
        self._count = 0
        self._early: dict[int, tuple[memoryview, bytes, bytearray]] = {}
        self._free: list[bytearray] = []
        self._landing: set[int] = set()
        self._hash = hashlib.sha256()
        self._tree = merkle.Builder()

    def begin(self, index: int) -> bytearray:
        """A buffer for opening part `index`, which is not read back before `landed`.

        Follow with `arrived` or `give_back`.
        """
        with self._lock:
            self._landing.add(index)
            return self._buffer()

    def give_back(self, buffer: bytearray) -> None:
        """The buffer is not needed any more."""
        with self._lock:
            self._free.append(buffer)

    def landed(self, index: int) -> None:
        """Part `index` is on disk, or will not be."""
        with self._lock:
            self._landing.discard(index)

    def arrived(self, index: int, plain: memoryview, leaf: bytes, buffer: bytearray) -> None:
        """Take an opened part, and hash as far as there is no gap."""
        with self._lock:
            if index >= self._count and index not in self._early and self._has_room(index):
                self._early[index] = (plain, leaf, buffer)
            else:
                self._free.append(buffer)
        self.advance()

    def advance(self) -> bool:
        """Hash as far as there is no gap; tell whether all parts are hashed."""
        while True:
            with self._lock:
                if self._hashing or self._count == self._parts:
                    return self._count == self._parts
                self._hashing = True
                early = self._early.pop(self._count, None)
            moved = False
            try:
                moved = self._take(early)
            finally:
                with self._lock:
                    self._hashing = False
                    more = moved or self._count in self._early
            if not more:
                return False

    def sha256(self) -> bytes:
        """SHA-256 of what was hashed so far, 32 bytes."""
        return self._hash.digest()

    def root(self) -> bytes:
        """The Merkle root over what was hashed so far, 32 bytes."""
        return self._tree.root()

    def _buffer(self) -> bytearray:
        return self._free.pop() if self._free else bytearray(self._plain_bytes)

    def _has_room(self, index: int) -> bool:
        # The next part in order always has: it is hashed at once.
        return index == self._count or len(self._early) < HELD_PARTS

    def _take(self, early: tuple[memoryview, bytes, bytearray] | None) -> bool:
        """Hash the next part, from memory or from disk. By one thread at a time."""
        if early is not None:
            plain, leaf, buffer = early
        else:
            with self._lock:
                if self._count in self._landing:
                    return False
                buffer = self._buffer()
            back = self._read_back(self._count, buffer)
            if back is None:
                self.give_back(buffer)
                return False
            plain, leaf = back
        self._hash.update(plain)
        self._tree.add(leaf)
        with self._lock:
            # The same part may have come again while it was read back.
            twice = self._early.pop(self._count, None)
            self._free.extend([buffer] if twice is None else [buffer, twice[2]])
            self._count += 1
        return True
