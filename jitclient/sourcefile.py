"""The file an exhibit is read from, and what tells one state of it from another."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from protocol.errors import NoInputError


@dataclass(frozen=True, slots=True)
class SourceStat:
    """What tells one state of a file from another: size in bytes, mtime in ns, inode."""

    size: int
    mtime_ns: int
    inode: int

    def __str__(self) -> str:
        return f"{self.size} {self.mtime_ns} {self.inode}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote."""
        return cls(*(int(word) for word in text.split(" ")))


class SourceFile(Protocol):
    """An open file that becomes an exhibit. Used by one thread at a time."""

    def read_into(self, offset: int, view: memoryview) -> int:
        """Read its content from `offset` on; how much came, 0 at its end. Raises OSError."""

    def states(self) -> tuple[SourceStat, SourceStat]:
        """The state of what is open, and of what stands under its name now."""

    def close(self) -> None:
        """Close it."""


class PlainFile:
    """A file as it lies on a disk.

    Raises:
        NoInputError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("rb", buffering=0)
        except OSError as error:
            raise NoInputError(f"{path.name} cannot be read: {error.strerror}.") from error

    def read_into(self, offset: int, view: memoryview) -> int:
        """See `SourceFile.read_into`."""
        self._file.seek(offset)
        return self._file.readinto(view) or 0

    def states(self) -> tuple[SourceStat, SourceStat]:
        """See `SourceFile.states`."""
        return regular(os.fstat(self._file.fileno())), source_stat(self._path)

    def close(self) -> None:
        """See `SourceFile.close`."""
        self._file.close()


def source_stat(path: Path) -> SourceStat:
    """Look at a file that is to become an exhibit.

    Raises:
        NoInputError: missing, unreadable, or no regular file.
    """
    try:
        return regular(path.stat())
    except OSError as error:
        raise NoInputError(f"{path.name} cannot be read: {error.strerror}.") from error


def regular(found: os.stat_result) -> SourceStat:
    """The state of a regular file.

    Raises:
        NoInputError: it is none.
    """
    if not stat.S_ISREG(found.st_mode):
        raise NoInputError("Only regular files can become exhibits.")
    return SourceStat(found.st_size, found.st_mtime_ns, found.st_ino)
