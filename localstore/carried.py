"""Which parts left, or came, while the window was locked: a journal beside the locked database.

A part is on record before it may leave (docs/protocol/50-files.md §50.6), and space.db is closed.
So its number and leaf, a hash of ciphertext and no secret, are appended to
`spaces/<hex>/carried/<file hex>`; whoever unlocks takes them over. A line that was cut off by a
kill belongs to a part that never left. Of a download a line says that a part is on disk.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from localstore import files
from localstore.faults import translated
from protocol.errors import SourceChangedError

_ROW: Final = struct.Struct(">I32s")


def folder(profile: Path, space: bytes) -> Path:
    """Where the journals of a space lie, and nothing else."""
    return profile / "spaces" / space.hex() / "carried"


def journal_file(profile: Path, space: bytes, file: bytes) -> Path:
    """The journal of one exhibit."""
    return folder(profile, space) / file.hex()


def begin(path: Path, known: Iterable[tuple[int, bytes]]) -> None:
    """Start a journal with the leaves that are on record, in place of any older one.

    Raises:
        DiskError: full or failing disk.
    """
    files.make_folder(path.parent)
    files.save_file(path, b"".join(_ROW.pack(index, leaf) for index, leaf in known))


def load(path: Path) -> Mapping[int, bytes]:
    """Number -> leaf; nothing when there is no journal.

    Raises:
        DiskError: it cannot be read.
    """
    with translated():
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return {}
    whole = len(data) - len(data) % _ROW.size
    return dict(_ROW.iter_unpack(data[:whole]))


class Journal:
    """A `jitclient.evidence_source.UploadJournal` in a file. Written by several threads.

    Raises:
        DiskError: it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._known = dict(load(path))
        self._lock = threading.Lock()
        with translated():
            self._file = path.open("r+b", buffering=0)
            end = self._file.seek(0, os.SEEK_END)
            self._end = end - end % _ROW.size
            self._file.truncate(self._end)  # the line that was cut off

    def leaf_of(self, index: int) -> bytes | None:
        """The leaf recorded for a part."""
        return self._known.get(index)

    def record_leaf(self, index: int, leaf: bytes, confirmed: Collection[int] = ()) -> None:
        """Record the leaf of a part before it may be sent; durable when this returns.

        What the store has confirmed, it says again when it is asked.

        Raises:
            SourceChangedError: another leaf stands there.
        """
        del confirmed
        with self._lock:
            if index not in self._known:
                with translated():
                    self._append(_ROW.pack(index, leaf))
                self._known[index] = leaf
            if self._known[index] != leaf:
                raise SourceChangedError("The file changed while it was being read.")

    def begin(self, stored: object) -> None:
        """As for what was confirmed."""

    def _append(self, line: bytes) -> None:
        """Over what a failed attempt left: a full disk takes half a line and says nothing."""
        self._file.seek(self._end)
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._file.fileno())
        self._end += len(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
