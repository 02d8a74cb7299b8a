"""Private files and folders: 0700 and 0600 from the first moment, replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from localstore.faults import translated

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
NEW: Final = ".new"
_HAS_FOLDER_SYNC: Final = hasattr(os, "O_DIRECTORY")


def make_folder(path: Path) -> None:
    """Make a folder (and its parents) that only this person may enter; tighten an existing one.

    Raises:
        DiskError: it cannot be made.
    """
    with translated():
        path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o777 != FOLDER_MODE:
            path.chmod(FOLDER_MODE)


def create_file(path: Path) -> None:
    """Make an empty file 0600; it must not exist yet. OSError passes through."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))


def save_file(path: Path, data: bytes | bytearray | memoryview) -> None:
    """Write a file so that after a crash it has its old content or all of the new one.

    Raises:
        DiskError: full or failing disk; the old content stands.
    """
    fresh = path.with_name(path.name + NEW)
    with translated():
        try:
            handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, FILE_MODE)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def load_file(path: Path, limit: int) -> bytes | None:
    """Read a file whole, or None when there is none; of a longer one, `limit` + 1 bytes.

    Every caller's format has a fixed length or a bound, so that one byte too many is refused there.

    Raises:
        DiskError: it is there but cannot be read.
    """
    with translated():
        try:
            with path.open("rb") as file:
                return file.read(limit + 1)
        except FileNotFoundError:
            return None


def sync_folder(path: Path) -> None:
    """Make renames and removals in a folder durable, where the system knows how."""
    if not _HAS_FOLDER_SYNC:
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
