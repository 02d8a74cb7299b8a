"""An exhibit on its way in while nothing can be opened: what is kept are the bytes as they came.

No key is needed to take what the signed manifest promises: it states the length of every part and
the root over all of them. What the parts hold is checked when the profile is unlocked, before the
exhibit is *Verified*. Spec: docs/protocol/80-vault.md §80.8.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from crypto import merkle, partleaf
from crypto.filestream import FileShape
from jitclient.landing import Landing
from jitclient.newfile import NewPart, drop_unfinished, sync_folder
from protocol.errors import HashMismatchError, PartCorruptedError


class Noted(Protocol):
    """Leaves of parts that are on disk; `localstore.carried.Journal`."""

    def leaf_of(self, index: int) -> bytes | None:
        """The leaf recorded for a part that is kept."""

    def record_leaf(self, index: int, leaf: bytes) -> None:
        """The part is on disk; durable when this returns."""


class SealedSink:
    """Keeps the parts of one exhibit unopened; a `sync.ports_transfer.PartSink`.

    Args:
        folder: the exhibit's folder in the vault; part `i` becomes the file named `i`.
        shape: of the size its signed manifest states: no part is longer, there are no more.
        root: the root its signed manifest states, 32 bytes.
        noted: what is kept already.
    """

    def __init__(self, folder: Path, shape: FileShape, root: bytes, noted: Noted) -> None:
        drop_unfinished(folder)
        self._folder = folder
        self._shape = shape
        self._root = root
        self._noted = noted
        self._landing = Landing(shape.parts)

    def wanted(self) -> Iterator[int]:
        """See `PartSink.wanted`."""
        return (index for index in range(self._shape.parts) if not self._is_kept(index))

    def store(self, index: int, data: memoryview) -> None:
        """See `PartSink.store`. Of a part only its length can be told to be wrong."""
        self._landing.check()
        leaf = partleaf.leaf(data)
        if len(data) != self._shape.sealed_len(index) or not self._is_as_noted(index, leaf):
            raise PartCorruptedError(
                f"Part {index + 1} of {self._shape.parts} does not match the signed manifest. "
                "Nothing of it was kept."
            )
        part = NewPart(self._folder / str(index))
        part.write(data)
        self._landing.start(lambda: self._land(index, leaf, part))

    def settle(self) -> None:
        """See `PartSink.settle`."""
        self._landing.wait()

    def finish(self) -> None:
        """See `PartSink.finish`; of the whole the root is checked, not yet the SHA-256."""
        self._landing.wait()
        self._landing.check()
        sync_folder(self._folder)
        leaves = (self._noted.leaf_of(index) or b"" for index in range(self._shape.parts))
        if not hmac.compare_digest(merkle.root(leaves), self._root):
            raise HashMismatchError("The parts of the exhibit are not those of its manifest.")

    def _land(self, index: int, leaf: bytes, part: NewPart) -> None:
        """Only what is durable is on record."""
        part.settle()
        self._noted.record_leaf(index, leaf)

    def _is_as_noted(self, index: int, leaf: bytes) -> bool:
        known = self._noted.leaf_of(index)
        return known is None or hmac.compare_digest(known, leaf)

    def _is_kept(self, index: int) -> bool:
        if self._noted.leaf_of(index) is None:
            return False
        try:
            size = (self._folder / str(index)).stat().st_size
        except OSError:
            return False
        return size == self._shape.sealed_len(index)
