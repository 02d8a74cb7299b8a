"""What had no file of its own waits sealed beside the space's database until it is handed over.

A stream can be read once, a transfer may have to read again: so what comes in is sealed to a spool
file as it comes, under a key of its own. When it is handed over or given up the key is destroyed,
then the file removed. Spec: docs/protocol/50-files.md §50.6.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from crypto.chunkcipher import SEALED_CHUNK_BYTES
from crypto.spool import SpoolCipher, plain_length
from jitclient.newfile import create, write_all
from jitclient.session import Session
from jitclient.sourcefile import PlainFile, SourceStat, source_stat
from localstore import files, spool
from localstore.connection import transaction
from localstore.profile import Profile
from protocol.errors import ForgedError, LimitExceededError, NoInputError
from protocol.ids import FileId, SpaceId
from protocol.limits import CHUNK_BYTES, MAX_FILE_BYTES

BLOCK_CHUNKS: Final = 64
BLOCK_BYTES: Final = BLOCK_CHUNKS * CHUNK_BYTES


@dataclass(frozen=True, slots=True)
class Spooled:
    """What came in: where it lies, in which state, and its hashes by algorithm."""

    path: Path
    stat: SourceStat
    digests: dict[str, bytes]


def spool_folder(profile: Profile, space: bytes) -> Path:
    """Where what came in for a space lies, and nothing else."""
    return profile.space_folder(space) / "spool"


def spool_file(profile: Profile, space: bytes, file: bytes) -> Path:
    """Where one spooled exhibit lies."""
    return spool_folder(profile, space) / file.hex()


def take_in(
    stream: BinaryIO,
    path: Path,
    cipher: SpoolCipher,
    algorithms: Iterable[str],
    tell: Callable[[int], None],
) -> Spooled:
    """Seal a stream to `path` until it ends; nothing is left there when that fails.

    Raises:
        NoInputError: the stream fails; LimitExceededError: it is too long.
        DiskError: full or failing disk.
    """
    running = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    files.make_folder(path.parent)
    create(path, lambda out: _seal(stream, out, cipher, running.values(), tell))
    stat = source_stat(path)
    digests = {name: one.digest() for name, one in running.items()}
    return Spooled(path, replace(stat, size=plain_length(stat.size)), digests)


def _seal(
    stream: BinaryIO,
    out: BinaryIO,
    cipher: SpoolCipher,
    hashes: Collection[Any],
    tell: Callable[[int], None],
) -> None:
    buffer, done, final = memoryview(bytearray(BLOCK_BYTES)), 0, False
    while not final:
        filled = _fill(stream, buffer)
        final = filled < BLOCK_BYTES
        if done + filled > MAX_FILE_BYTES:
            raise LimitExceededError(f"What comes in is longer than {MAX_FILE_BYTES} bytes.")
        plain = buffer[:filled]
        for one in hashes:
            one.update(plain)
        write_all(out, memoryview(cipher.seal(done // CHUNK_BYTES, plain, final=final)))
        done += filled
        tell(done)


def _fill(stream: BinaryIO, buffer: memoryview) -> int:
    """As much as there is, up to a whole block; a pipe gives what it has."""
    filled = 0
    try:
        while filled < len(buffer) and (piece := stream.read(len(buffer) - filled)):
            buffer[filled : filled + len(piece)] = piece
            filled += len(piece)
    except OSError as error:
        raise NoInputError(f"What comes in cannot be read: {error.strerror}.") from error
    return filled


class SpoolFile:
    """A spooled file, opened; a `sourcefile.SourceFile` that gives what was sealed.

    Raises:
        NoInputError: it cannot be opened.
    """

    def __init__(self, path: Path, cipher: SpoolCipher) -> None:
        self._file = PlainFile(path)
        self._cipher = cipher
        self._sealed = memoryview(bytearray(BLOCK_CHUNKS * SEALED_CHUNK_BYTES))
        self._plain = memoryview(bytearray(BLOCK_BYTES))
        self._size = self.states()[0].size

    def read_into(self, offset: int, view: memoryview) -> int:
        """See `SourceFile.read_into`.

        Raises:
            NoInputError: what lies there was damaged.
        """
        if offset >= self._size:
            return 0
        first, skip = divmod(offset, CHUNK_BYTES)
        sealed = self._raw(first * SEALED_CHUNK_BYTES)
        final = len(sealed) % SEALED_CHUNK_BYTES > 0
        try:
            length = self._cipher.open(first, sealed, self._plain, final=final)
        except ForgedError as error:
            raise NoInputError("What came in and was kept here is damaged.") from error
        count = min(len(view), length - skip)
        view[:count] = self._plain[skip : skip + count]
        return count

    def _raw(self, offset: int) -> memoryview:
        filled = 0
        while filled < len(self._sealed):
            count = self._file.read_into(offset + filled, self._sealed[filled:])
            if not count:
                break
            filled += count
        return self._sealed[:filled]

    def states(self) -> tuple[SourceStat, SourceStat]:
        """See `SourceFile.states`; sizes are those of what was sealed."""
        now, there = self._file.states()
        return (
            replace(now, size=plain_length(now.size)),
            replace(there, size=plain_length(there.size)),
        )

    def close(self) -> None:
        """See `SourceFile.close`."""
        self._file.close()


# --- below: database thread only -----------------------------------------------------------------


def opening(session: Session, space: SpaceId, file: FileId) -> Callable[[Path], SpoolFile] | None:
    """How a spooled exhibit is opened; None: it is a file of its own."""
    key = spool.key(session.stores.space(space), file)
    if key is None:
        return None
    cipher = SpoolCipher(key, space, file)
    return lambda path: SpoolFile(path, cipher)


def sweep(session: Session, space: SpaceId) -> None:
    """Destroy the keys of what is not sent any more, then remove every file without one.

    What comes in at this moment has no key on record yet and stays.
    """
    sp = session.stores.space(space)
    if spool.kept(sp):  # most spaces never had one, and are opened at every unlocking
        with transaction(sp):
            spool.drop_over(sp)
    folder = spool_folder(session.profile, space)
    if not folder.is_dir():
        return
    kept = {file.hex() for file in spool.kept(sp) | session.spooling}
    with os.scandir(folder) as found:
        over = [Path(entry.path) for entry in found if entry.name not in kept]
    for path in over:
        path.unlink(missing_ok=True)
