"""A file on its way out: read once, hashed, sealed and given to the transfer part by part.

Whole hash, sealing and leaves come from the same bytes of the same read. After a restart what the
store has is read once more, beside the sending of what it lacks: for the hash of the whole, and to
see that it still is what was sent. Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, Protocol, Self

from crypto import partleaf
from crypto.filestream import Sealer
from jitclient.inorder import OrderedTree
from jitclient.sourcefile import PlainFile, SourceFile, SourceStat
from protocol.errors import BugError, NoInputError, SourceChangedError
from protocol.limits import MAX_PART_BYTES, PART_PLAIN_BYTES
from sync.ports_transfer import SealedPart

NEAR_PARTS: Final = 2
"""So far ahead of the hash a part waits for its turn; farther, it is read without the hash."""


class UploadJournal(Protocol):
    """What is recorded of an upload. Called from worker threads; durable when it returns."""

    def leaf_of(self, index: int) -> bytes | None:
        """The leaf recorded for a part."""

    def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int]) -> None:
        """Record the leaf of a part before it may be sent, and which parts the store confirmed."""

    def begin(self, stored: Collection[int]) -> None:
        """The store has these parts, whatever was noted when."""


class EvidenceSource:
    """Reads one file once and gives its sealed parts; a `sync.ports_transfer.PartSource`.

    Nonce safety: the leaf of a part is recorded before the part is given out, and a part that was
    recorded by an earlier run is given out only if it is sealed to the same bytes again.

    Args:
        path: the file.
        sealer: with the file key; its shape has the size of `expected`.
        journal: what was recorded under this very key.
        expected: `source_stat` when the key was made.
        opened: how the file is opened; a spooled one is unsealed on the way.

    Raises:
        NoInputError: it cannot be read.
        SourceChangedError: it is not in the state of `expected`.
    """

    def __init__(
        self,
        path: Path,
        sealer: Sealer,
        journal: UploadJournal,
        expected: SourceStat,
        opened: Callable[[Path], SourceFile] = PlainFile,
    ) -> None:
        self._path = path
        self._sealer = sealer
        self._journal = journal
        self._expected = expected
        self._reading = threading.Lock()
        self._buffers = threading.local()
        self._hash = hashlib.sha256()
        self._tree = OrderedTree()
        self._turn = threading.Condition()
        self._hashing = False
        self._cursor = 0  # parts before it are in the hash
        self._frontier = 0  # parts before it are at the store or were given out
        self._stored: Collection[int] = ()
        self._confirmed: list[int] = []  # not on record yet
        if sealer.shape.size != expected.size:
            raise BugError("A file is sealed in the shape of another one.")
        self._file = opened(path)
        self._check_unchanged(closing_on_failure=True)

    def begin(self, stored: Collection[int]) -> None:
        """See `PartSource.begin`."""
        self._journal.begin(stored)
        with self._turn:
            self._stored = stored
            self._frontier = self._missing_from(0)

    def next(self) -> SealedPart | None:
        """See `PartSource.next`."""
        found = self._claim()
        if found is None:
            self._check_unchanged()
            return None
        index, in_turn = found
        if not in_turn:
            return self._seal(index, self._read(index))
        try:
            while self._cursor < index:
                self._hash_one()
            plain = self._read(index)
            self._hash.update(plain)
            self._cursor = index + 1
        finally:
            self._hashed()
        part = self._seal(index, plain)
        self._tree.add(index, part.leaf)
        return part

    def catch_up(self) -> bool:
        """See `PartSource.catch_up`."""
        with self._turn:
            if self._hashing or self._cursor >= self._frontier:
                return False
            self._hashing = True
        try:
            self._hash_one()
        finally:
            self._hashed()
        return True

    def _claim(self) -> tuple[int, bool] | None:
        """The next part to give out, and whether it is this thread's turn to hash as well."""
        with self._turn:
            while True:
                index = self._missing_from(self._frontier)
                ahead = index - self._cursor
                if index == self._sealer.shape.parts:
                    self._frontier = index
                    return None
                if self._hashing and 0 <= ahead <= NEAR_PARTS:
                    self._turn.wait()
                    continue
                self._frontier = index + 1
                in_turn = not self._hashing and 0 <= ahead <= NEAR_PARTS
                self._hashing = self._hashing or in_turn
                return index, in_turn

    def _missing_from(self, index: int) -> int:
        while index < self._sealer.shape.parts and index in self._stored:
            index += 1
        return index

    def _hash_one(self) -> None:
        """The part at the cursor, which was sealed before: the same bytes, or the file changed."""
        index = self._cursor
        plain = self._read(index)
        self._hash.update(plain)
        self._cursor = index + 1
        self._tree.add(index, self._seal(index, plain).leaf)

    def _hashed(self) -> None:
        with self._turn:
            self._hashing = False
            self._turn.notify_all()

    def sent(self, index: int) -> None:
        """See `PartSource.sent`. On record with the next leaf: nothing waits for a disk for it.

        Of the last parts it never is, nor after a kill: `begin` hears it from the store again.
        """
        with self._turn:
            self._confirmed.append(index)

    def root(self) -> bytes:
        """The Merkle root, 32 bytes; see `PartSource.root`."""
        self._check_unchanged()
        return self._tree.root(self._sealer.shape.parts)

    def sha256(self) -> bytes:
        """SHA-256 of the whole file, 32 bytes; as for `root`."""
        if self._cursor != self._sealer.shape.parts:
            raise BugError("The hash of a file was asked for before its end.")
        return self._hash.digest()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, index: int) -> memoryview:
        """The true plaintext of a part, in this thread's buffer."""
        span = self._sealer.shape.plain_range(index)
        view = self._buffer("plain", PART_PLAIN_BYTES)[: len(span)]
        filled = 0
        try:
            with self._reading:
                while filled < len(view):
                    count = self._file.read_into(span.start + filled, view[filled:])
                    if not count:
                        raise self._changed()
                    filled += count
        except OSError as error:
            raise NoInputError(f"{self._path.name} cannot be read: {error.strerror}.") from error
        return view

    def _seal(self, index: int, plain: memoryview) -> SealedPart:
        sealed = self._buffer("sealed", MAX_PART_BYTES)
        data = sealed[: self._sealer.seal_into(index, plain, sealed)]
        leaf = partleaf.leaf(data)
        known = self._journal.leaf_of(index)
        if known is None:
            with self._turn:
                confirmed, self._confirmed = self._confirmed, []
            self._journal.record_leaf(index, leaf, confirmed)
        elif not hmac.compare_digest(known, leaf):
            # Two plaintexts under one nonce must never leave this device.
            raise self._changed()
        return SealedPart(index, data, leaf)

    def _buffer(self, name: str, size: int) -> memoryview:
        """A buffer of this thread: used again for every part."""
        buffer: memoryview | None = getattr(self._buffers, name, None)
        if buffer is None:
            buffer = memoryview(bytearray(min(size, self._largest(name))))
            setattr(self._buffers, name, buffer)
        return buffer

    def _largest(self, name: str) -> int:
        shape = self._sealer.shape
        return shape.sealed_len(0) if name == "sealed" else max(1, len(shape.plain_range(0)))

    def _check_unchanged(self, *, closing_on_failure: bool = False) -> None:
        try:
            if any(state != self._expected for state in self._file.states()):
                raise self._changed()
        except BaseException:
            if closing_on_failure:
                self._file.close()
            raise

    def _changed(self) -> SourceChangedError:
        return SourceChangedError(
            f"{self._path.name} was changed while it was being sealed. Add it again."
        )
