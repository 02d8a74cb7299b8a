"""Where sealed parts lie: one interface over a folder here, an object store elsewhere.

Objects have random keys, `prefix/number-random`; one prefix belongs to one file, so that erasing a
file is deleting its prefix, stray objects of interrupted uploads included. A part is durable when
`put` returns. Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore

from protocol.errors import DiskError, ErasedError

SLICE_BYTES: Final = 1024 * 1024
_MOST_ROOTED: Final = 4096

Pieces = Sequence[bytes | bytearray]
"""The bytes of a part as they came, never joined: copying them costs as much as hashing."""


class Blobs(Protocol):
    """Sealed parts by key."""

    async def put(self, prefix: str, number: int, data: Pieces) -> str:
        """Keep one part, as it arrived, durably; its new key.

        Raises:
            DiskError: full or failing; nothing is visible.
        """
        ...

    def path(self, key: str) -> Path | None:
        """The file that holds a part, if it is one of this machine's and nothing else."""
        ...

    def read(self, key: str, size: int) -> AsyncIterator[bytes]:
        """The bytes of a part of `size` bytes, in slices.

        Raises:
            ErasedError: it is gone.
        """
        ...

    async def remove(self, key: str) -> None:
        """Delete one object, if it is there."""
        ...

    async def erase(self, prefix: str) -> int:
        """Delete all objects of a prefix; how many there were."""
        ...

    def free_bytes(self) -> int:
        """How many bytes still fit."""
        ...


def new_prefix() -> str:
    """A random prefix, 32 hex digits; says nothing about file or space."""
    return secrets.token_hex(16)


class Folder:
    """Parts in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._store = LocalStore(root, mkdir=True, automatic_cleanup=False)
        self._rooted: set[Path] = set()

    async def put(self, prefix: str, number: int, data: Pieces) -> str:
        """See `Blobs.put`. Nobody knows the random key before it is returned: no rename."""
        key = f"{prefix}/{number}-{secrets.token_hex(4)}"
        try:
            await asyncio.to_thread(self.write, key, data)
        except OSError as error:
            raise DiskError("The store's disk is full or failing; the part was not kept.") from (
                error
            )
        return key

    def path(self, key: str) -> Path | None:
        """See `Blobs.path`."""
        return self._root / key

    async def read(self, key: str, size: int) -> AsyncIterator[bytes]:
        """See `Blobs.read`. Slices keep memory flat; whole-object streams were 10 times slower."""
        for start in range(0, size, SLICE_BYTES):
            end = min(size, start + SLICE_BYTES)
            try:
                piece = await obstore.get_range_async(self._store, key, start=start, end=end)
            except FileNotFoundError as error:
                raise ErasedError("The store has erased this part.") from error
            except (BaseError, OSError) as error:
                raise DiskError("The store cannot read this part.") from error
            yield piece.to_bytes()

    async def remove(self, key: str) -> None:
        """See `Blobs.remove`."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise DiskError("The store cannot delete a part.") from error

    async def erase(self, prefix: str) -> int:
        """See `Blobs.erase`."""
        count = 0
        try:
            async for batch in obstore.list(self._store, prefix=prefix):
                keys = [meta["path"] for meta in batch]
                await obstore.delete_async(self._store, keys)
                count += len(keys)
            await asyncio.to_thread(self._drop, prefix)
        except (BaseError, OSError) as error:
            raise DiskError("The store cannot delete parts.") from error
        return count

    def free_bytes(self) -> int:
        """See `Blobs.free_bytes`."""
        return shutil.disk_usage(self._root).free

    def write(self, key: str, data: Pieces) -> None:
        """Write one part under a key; durable when it returns. OSError passes through.

        It stands under its own name from the first byte. What a kill leaves of it no row names, and
        it goes with its file's prefix. Renaming it when it is whole cost a second write of the
        filesystem's journal, and nobody would look at the difference.
        """
        path = self._root / key
        path.parent.mkdir(exist_ok=True)
        try:
            with path.open("xb", buffering=0) as out:
                _write_all(out.fileno(), data)
                os.fsync(out.fileno())
        except OSError:
            path.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        if path.parent not in self._rooted:  # since this start: nobody knows about before
            _sync_folder(self._root)
            if len(self._rooted) >= _MOST_ROOTED:
                self._rooted.clear()
            self._rooted.add(path.parent)

    def _drop(self, prefix: str) -> None:
        """Remove the folder with what an interrupted write may have left in it."""
        folder = self._root / prefix
        if folder.is_dir():
            shutil.rmtree(folder)
        self._rooted.discard(folder)


def _write_all(descriptor: int, data: Pieces) -> None:
    """Joined: one by one, pieces that end within a page cost it twice, more than a copy does."""
    view = memoryview(b"".join(data))
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
