"""What the disk and SQLite say, translated once into the product's errors.

Keys never stand in a message of SQLite, and none of its texts reach a person.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlcipher3 import dbapi2

from protocol.errors import DamagedStoreError, DiskError, JitError, TryAgainError

_DAMAGED: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"})
_DISK: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"})
_BUSY: Final = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

DAMAGED: Final = (
    "A local database is damaged or does not belong to this profile. It was left untouched."
)
_DISK_FULL: Final = "The disk is full. Nothing that was acknowledged is lost; free some space."
_DISK_FAILED: Final = (
    "The disk could not be read or written. Nothing that was acknowledged is lost."
)
_DISK_CLOSED: Final = (
    "The disk, or the folder of this profile, takes no writing. Nothing that was acknowledged is "
    "lost."
)
_DISK_OF: Final = {"SQLITE_FULL": _DISK_FULL, "SQLITE_READONLY": _DISK_CLOSED}


@contextmanager
def translated() -> Iterator[None]:
    """Let no error of SQLite or of the file system pass untranslated.

    Raises:
        DamagedStoreError: not a database of ours, wrong key, or broken pages.
        DiskError: full, read-only or failing disk.
        TryAgainError: another connection holds the database.
    """
    try:
        yield
    except dbapi2.Error as error:
        known = translate(error)
        if known is None:
            raise
        raise known from None
    except OSError as error:
        raise translate_os(error) from error


def translate(error: dbapi2.Error) -> JitError | None:
    """The product's error for one of SQLite's, or None when it is a mistake of ours."""
    name = getattr(error, "sqlite_errorname", None) or ""
    family = "_".join(name.split("_")[:2])
    if family in _DAMAGED:
        return DamagedStoreError(DAMAGED)
    if family in _DISK:
        return DiskError(_DISK_OF.get(family, _DISK_FAILED))
    if family in _BUSY:
        return TryAgainError("The local database is in use; try again.")
    return None


def translate_os(error: OSError) -> JitError:
    """The product's error for one of the file system's."""
    if error.errno in _CLOSED:
        return DiskError(_DISK_CLOSED)
    return DiskError(_DISK_FULL if error.errno in _FULL else _DISK_FAILED)
