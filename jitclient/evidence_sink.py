"""An exhibit on its way in: checked part by part, kept as the same ciphertext, hashed in order.

Spec: docs/protocol/50-files.md §50.7.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from crypto import partleaf
from crypto.filestream import FileShape, Opener
from jitclient.inorder import OrderedWhole
from jitclient.landing import Landing
from jitclient.newfile import NewPart, drop_unfinished, keep, sync_folder, unfinished
from protocol.errors import (
    BugError,
    DiskError,
    ForgedError,
    HashMismatchError,
    PartCorruptedError,
)
from protocol.manifest import Manifest


class DownloadJournal(Protocol):
    """What is recorded of a download. Called from worker threads; durable when it returns."""

    def leaf_of(self, index: int) -> bytes | None:
        """The leaf recorded for a part that is kept."""

    def kept(self) -> Collection[int]:
        """The parts that are recorded as kept."""

    def have(self, index: int, leaf: bytes) -> None:
        """The part is on disk."""

    def lost(self, index: int) -> None:
        """The part is not on disk any more."""


class EvidenceSink:
    """Checks and keeps the parts of one exhibit; a `sync.ports_transfer.PartSink`.

    Args:
        folder: the exhibit's folder in the vault; part `i` becomes the file named `i`.
        opener: with the file key and the manifest's commitment.
        manifest: verified by the caller.
        journal: what is kept already.

    Raises:
        ForgedError: the manifest's lengths contradict each other.
    """

    def __init__(
        self, folder: Path, opener: Opener, manifest: Manifest, journal: DownloadJournal
    ) -> None:
        check_shape(manifest, opener.shape)
        self._folder = folder
        self._tidied = False
        self._opener = opener
        self._manifest = manifest
        self._journal = journal
        # A part is opened in 256 calls, and other threads may run in each: two that do it at once
        # spend more on taking turns than they gain. The hash of the whole is slower, and alone too.
        self._opening = threading.Lock()
        shape = opener.shape
        self._landing = Landing(shape.parts)
        self._whole = OrderedWhole(shape.parts, max(1, shape.padded_len(0)), self._read_back)

    def wanted(self) -> Iterator[int]:
        """See `PartSink.wanted`."""
        recorded = {*self._journal.kept()}
        recorded |= self._taken_over(recorded)
        parts = range(self._opener.shape.parts)
        return (i for i in parts if i not in recorded or not self._lies_here(i))

    def store(self, index: int, data: memoryview) -> None:
        """See `PartSink.store`. The disk is waited for elsewhere; its failure comes later.

        Of a file of one part it is waited for here.
        """
        self._landing.check()
        buffer = self._whole.begin(index)
        try:
            with self._opening:
                plain = self._open(index, data, buffer)
                leaf = partleaf.leaf(data)
            part = NewPart(self._folder / str(index))
            part.write(data)
        except BaseException:
            self._whole.landed(index)
            self._whole.give_back(buffer)
            raise
        self._landing.start(lambda: self._land(index, leaf, part))
        self._whole.arrived(index, plain, leaf, buffer)

    def settle(self) -> None:
        """See `PartSink.settle`."""
        self._landing.wait()

    def finish(self) -> None:
        """See `PartSink.finish`."""
        self._landing.wait()
        self._landing.check()
        if not self._whole.advance():
            raise BugError("A download was finished before its last part.")
        if not self._tidied:  # fetched with others, and nobody asked what is wanted
            self._tidy()
        sync_folder(self._folder)
        same_root = hmac.compare_digest(self._whole.root(), self._manifest.root)
        same_hash = hmac.compare_digest(self._whole.sha256(), self._manifest.sha256)
        if not (same_root and same_hash):
            raise HashMismatchError(
                "The exhibit does not have the SHA-256 its manifest states. It is not released."
            )

    def _land(self, index: int, leaf: bytes, part: NewPart) -> None:
        """Only what is durable is on record."""
        try:
            part.settle()
            self._journal.have(index, leaf)
        finally:
            self._whole.landed(index)

    def _taken_over(self, recorded: Collection[int]) -> set[int]:
        """Parts that were here whole when a process ended, and not on record yet: now they are.

        Each is opened before it is believed; what cannot be is fetched again.
        """
        found: dict[int, Path] = {}
        for path in sorted(self._folder.iterdir()):  # what has a name of its own counts: it is last
            name = unfinished(path.name) or path.name
            index = int(name) if name.isascii() and name.isdecimal() else -1
            if 0 <= index < self._opener.shape.parts and index not in recorded:
                found[index] = path
        whole = {index for index, path in found.items() if self._believed(index, path)}
        self._tidy()
        return whole

    def _tidy(self) -> None:
        drop_unfinished(self._folder)
        self._tidied = True

    def _believed(self, index: int, path: Path) -> bool:
        shape = self._opener.shape
        try:
            if path.stat().st_size != shape.sealed_len(index):
                return False
            data = path.read_bytes()
            self._open(index, memoryview(data), bytearray(max(1, shape.padded_len(0))))
        except (OSError, PartCorruptedError):
            return False
        keep(path, self._folder / str(index))
        self._journal.have(index, partleaf.leaf(data))
        return True

    def _lies_here(self, index: int) -> bool:
        try:
            size = (self._folder / str(index)).stat().st_size
        except OSError:
            return False
        return size == self._opener.shape.sealed_len(index)

    def _read_back(self, index: int, buffer: bytearray) -> tuple[memoryview, bytes] | None:
        """Plaintext and leaf of a kept part; a damaged one is dropped, to be fetched again.

        One that came while nothing could be opened is opened here for the first time: if it is
        still what came, it was never what the manifest promises.
        """
        if not self._lies_here(index) or (known := self._journal.leaf_of(index)) is None:
            return None
        path, leaf = self._folder / str(index), b""
        try:
            data = path.read_bytes()
            leaf = partleaf.leaf(data)
            return self._open(index, memoryview(data), buffer), leaf
        except (OSError, PartCorruptedError) as error:
            path.unlink(missing_ok=True)
            self._journal.lost(index)
            if hmac.compare_digest(leaf, known):
                raise
            raise DiskError(
                f"Part {index + 1} on this disk is damaged. Resume to fetch it again."
            ) from error

    def _open(self, index: int, data: memoryview, buffer: bytearray) -> memoryview:
        try:
            return self._opener.open_into(index, data, buffer)
        except ForgedError as error:
            raise PartCorruptedError(
                f"Part {index + 1} of {self._opener.shape.parts} does not match the signed "
                "manifest. Nothing of it was kept."
            ) from error


def check_shape(manifest: Manifest, shape: FileShape) -> None:
    """Refuse a manifest whose lengths do not follow from its size.

    Raises:
        ForgedError: they contradict each other.
    """
    stated = (manifest.size, manifest.padded, manifest.parts)
    if stated != (shape.size, shape.padded, shape.parts):
        raise ForgedError("The lengths in a manifest contradict each other.")
