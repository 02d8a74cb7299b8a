"""Reading an exhibit that is kept: ranges for showing, a whole for export, all for checking.

The vault holds ciphertext only; what is shown is opened in memory, chunk by chunk.
Spec: docs/protocol/50-files.md §50.8.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from crypto import merkle, partleaf
from crypto.filestream import Opener
from jitclient import newfile
from jitclient.evidence_sink import check_shape
from protocol.errors import ForgedError, HashMismatchError, PartCorruptedError
from protocol.limits import MAX_PART_BYTES, PART_PLAIN_BYTES
from protocol.manifest import Manifest


class EvidenceReader:
    """One kept exhibit. May be used by several threads at once.

    Args:
        folder: the exhibit's folder in the vault.
        opener: with the file key and the manifest's commitment.
        manifest: verified by the caller.

    Raises:
        ForgedError: the manifest's lengths contradict each other.
    """

    def __init__(self, folder: Path, opener: Opener, manifest: Manifest) -> None:
        check_shape(manifest, opener.shape)
        self._folder = folder
        self._opener = opener
        self._manifest = manifest

    def read_range(self, start: int, stop: int) -> bytes:
        """The plaintext bytes from `start` to `stop`, clipped like a slice.

        Raises:
            PartCorruptedError: a part is missing or damaged.
        """
        index = 0

        def read(part: int, offset: int, length: int) -> bytes:
            nonlocal index
            index = part
            with (self._folder / str(part)).open("rb") as file:
                file.seek(offset)
                return file.read(length)

        try:
            return self._opener.open_range(start, stop, read)
        except (OSError, ForgedError) as error:
            raise self._corrupted(index) from error

    def verify(self, tell: Callable[[int], None] = lambda _: None) -> None:
        """Open every part again and check the whole against the signed manifest.

        `tell` hears the length of each part; what it raises ends the reading.

        Raises:
            PartCorruptedError: naming the part.
            HashMismatchError: root or SHA-256 are others.
        """
        whole, tree = hashlib.sha256(), merkle.Builder()
        for plain, sealed in self._parts():
            whole.update(plain)
            tree.add(partleaf.leaf(sealed))
            tell(len(plain))
        self._check(whole.digest())
        if not hmac.compare_digest(tree.root(), self._manifest.root):
            raise HashMismatchError("The parts of the exhibit are not those of its manifest.")

    def export(self, path: Path, temporary: Path | None = None) -> bool:
        """Write the plaintext to a new file; it appears complete, checked, durable and marked.

        `temporary`: see `newfile.create`.

        Returns:
            Whether the file system keeps the mark of what came from outside.

        Raises:
            CannotCreateError: `path` exists or cannot be made.
            PartCorruptedError, HashMismatchError: nothing was left behind.
            DiskError: the disk is full or failing; nothing was left behind.
        """
        return newfile.create(path, self._write, from_outside=True, temporary=temporary)

    def _write(self, file: BinaryIO) -> None:
        whole = hashlib.sha256()
        for plain, _ in self._parts():
            whole.update(plain)
            newfile.write_all(file, plain)
        self._check(whole.digest())

    def _check(self, digest: bytes) -> None:
        if not hmac.compare_digest(digest, self._manifest.sha256):
            raise HashMismatchError("The exhibit does not have the SHA-256 its manifest states.")

    def _parts(self) -> Iterator[tuple[memoryview, memoryview]]:
        """Plaintext and ciphertext of each part; both are valid until the next one."""
        sealed = memoryview(bytearray(MAX_PART_BYTES + 1))
        plain = bytearray(PART_PLAIN_BYTES)
        for index in range(self._opener.shape.parts):
            try:
                with (self._folder / str(index)).open("rb", buffering=0) as file:
                    length = _read_all(file, sealed)
                opened = self._opener.open_into(index, sealed[:length], plain)
            except (OSError, ForgedError) as error:
                raise self._corrupted(index) from error
            yield opened, sealed[:length]

    def _corrupted(self, index: int) -> PartCorruptedError:
        return PartCorruptedError(
            f"Part {index + 1} of {self._opener.shape.parts} is missing or damaged on this disk."
        )


def _read_all(file: BinaryIO, view: memoryview) -> int:
    filled = 0
    while filled < len(view):
        count = file.readinto(view[filled:])  # type: ignore[attr-defined]
        if not count:
            break
        filled += count
    return filled
