"""One encrypted database file: opened only if it is ours, whole and not newer than we are.

An existing file is looked at read-only first, so that refusing it leaves every byte as it was.
A new one is built under another name and renamed when its schema stands, so that a crash never
leaves a database without tables. Spec: docs/protocol/81-local-store.md §2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2
from sqlcipher3.dbapi2 import Connection as Connection  # noqa: PLC0414 - part of our face

from localstore import migrate
from localstore.faults import DAMAGED, translate, translated
from localstore.files import NEW, create_file, sync_folder
from protocol.errors import BugError, ConfigurationError, DamagedStoreError

KEY_BYTES: Final = 64
OLDEST_SQLITE: Final = (3, 51, 3)  # earlier ones may corrupt a database when the WAL is reset
_SALT_BYTES: Final = 16
_COMPANIONS: Final = ("-wal", "-shm", "-journal")

_SETTINGS: Final = (
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
    "PRAGMA synchronous = FULL",
    "PRAGMA trusted_schema = OFF",
)


@dataclass(frozen=True, slots=True)
class Driver:
    """The database library: how to connect, and which SQLite stands behind it."""

    connect: Callable[..., Connection]
    sqlite_version: str


SQLCIPHER: Final = Driver(dbapi2.connect, dbapi2.sqlite_version)


def open_database(
    path: Path,
    key: bytes,
    *,
    migrations: str | Path,
    create: bool = True,
    driver: Driver = SQLCIPHER,
) -> Connection:
    """Open (or create) the database at `path` under a raw 64-byte key.

    `migrations` names a set below `localstore/migrations`. The first 32 bytes of the key encrypt;
    the file's salt is made of the rest. The connection belongs to the calling thread.

    Raises:
        ConfigurationError: SQLite too old, no SQLCipher, or a newer schema than this program's.
        DamagedStoreError: wrong key, damaged, empty, or missing while it should exist.
        DiskError: full, read-only or failing disk.
    """
    if len(key) != KEY_BYTES:
        raise BugError("A database key has 64 bytes.")
    steps = migrate.load(migrations)
    check_version(driver.sqlite_version)
    with translated():
        if path.exists():
            version = _look_first(path, key, driver, newest=len(steps))
            if version < len(steps):
                migrate.copy_aside(path, version)
            else:  # the migrated file has proved itself: it opened once more
                migrate.drop_copies(path)
        elif not create or path.with_name(path.name + "-wal").exists():
            raise DamagedStoreError("A local database is missing. Nothing was created instead.")
        else:
            _create(path, key, steps, driver)
        conn = _connect(path, key, driver)
        try:
            _prepare(conn, steps)
        except BaseException:
            conn.close()
            raise
        return conn


def check_version(sqlite_version: str) -> None:
    """Refuse an SQLite that can corrupt a write-ahead log (fixed in 3.51.3).

    Raises:
        ConfigurationError: it is older, or its version cannot be read.
    """
    parts = sqlite_version.split(".")
    found = tuple(int(part) for part in parts) if all(p.isdecimal() for p in parts) else ()
    if found < OLDEST_SQLITE:
        raise ConfigurationError(
            f"The database library is SQLite {sqlite_version}; 3.51.3 or newer is needed."
        )


def check(conn: Connection) -> None:
    """Read every page: authentication tags and structure. Takes time in proportion to the file.

    Both are needed: the tags do not notice a file cut at a page's end, the structure does. The tags
    are those of the file alone: after a power loss in the middle of a checkpoint it has pages that
    the write-ahead log still holds whole, so the log is folded in first.

    Raises:
        DamagedStoreError: something does not fit.
        DiskError: full or failing disk.
    """
    with translated():
        conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        tags = conn.execute("PRAGMA cipher_integrity_check").fetchall()
        structure = conn.execute("PRAGMA quick_check(1)").fetchall()
        strangers = conn.execute("PRAGMA foreign_key_check").fetchall()
    if tags or structure != [("ok",)] or strangers:
        raise DamagedStoreError(DAMAGED)


def checkpoint(conn: Connection) -> None:
    """Fold the write-ahead log into the file and empty it.

    Needed after `spaces.forget_key`: until then the log still holds pages with the old key.

    Raises:
        DiskError: full or failing disk; nothing is lost.
    """
    with translated():
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextmanager
def transaction(conn: Connection) -> Iterator[Connection]:
    """Make everything inside one act: all of it is on the disk afterwards, or none.

    Raises:
        BugError: an act inside an act.
        DiskError: full, read-only or failing disk; nothing of the act happened.
        DamagedStoreError: broken pages were met; nothing of the act happened.
    """
    if _inside(conn):
        raise BugError("A transaction inside a transaction.")
    with translated():
        conn.execute("BEGIN IMMEDIATE")
        try:
            yield conn
            conn.execute("COMMIT")
        except BaseException:
            if _inside(conn):  # SQLite has rolled back by itself when the disk was full
                conn.execute("ROLLBACK")
            raise


@contextmanager
def attempt(conn: Connection) -> Iterator[None]:
    """A part of an act that may fail for itself: its changes go when it raises, the rest stays.

    Raises:
        BugError: outside an act.
    """
    if not _inside(conn):
        raise BugError("A part of an act outside an act.")
    with translated():
        conn.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            if _inside(conn):
                conn.execute("ROLLBACK TO attempt")
                conn.execute("RELEASE attempt")
            raise
        conn.execute("RELEASE attempt")


def _inside(conn: Connection) -> bool:
    return conn.in_transaction


def _look_first(path: Path, key: bytes, driver: Driver, *, newest: int) -> int:
    """Return the schema version of an existing file, or refuse it, without writing a byte."""
    with path.open("rb") as file:
        head = file.read(_SALT_BYTES)
    if head != _salt(key):  # another key's, cut to nothing, or never encrypted
        raise DamagedStoreError(DAMAGED)
    conn = _connect(path, key, driver, read_only=True)
    try:
        version: int = _pragma(conn, "user_version")
        tables: int = conn.execute("SELECT count(*) FROM sqlite_schema").fetchall()[0][0]
    except dbapi2.Error as error:
        raise translate(error) or DamagedStoreError(DAMAGED) from None
    finally:
        conn.close()
    if version > newest:
        raise ConfigurationError(
            "These files were written by a newer version of this program. Please update it."
        )
    if version < 1 or not tables:
        raise DamagedStoreError(DAMAGED)
    return version


def _create(path: Path, key: bytes, steps: tuple[str, ...], driver: Driver) -> None:
    fresh = path.with_name(path.name + NEW)
    for suffix in ("", *_COMPANIONS):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    create_file(fresh)
    conn = _connect(fresh, key, driver)
    try:
        _prepare(conn, steps)  # WAL before the rename: a look at the file never meets a hot journal
    finally:
        conn.close()
    fresh.replace(path)
    sync_folder(path.parent)


def _connect(path: Path, key: bytes, driver: Driver, *, read_only: bool = False) -> Connection:
    mode = "ro" if read_only else "rw"
    # isolation_level=None: no BEGIN behind our back, transactions are ours alone.
    conn = driver.connect(f"{path.absolute().as_uri()}?mode={mode}", isolation_level=None, uri=True)
    try:
        cipher = conn.execute("PRAGMA cipher_version").fetchall()
        if not cipher or not cipher[0][0]:
            raise ConfigurationError("The database library cannot encrypt (it is not SQLCipher).")
        conn.execute("PRAGMA cipher_log_level = NONE")  # it would print to the terminal
        conn.execute(f"PRAGMA key = \"x'{key[:32].hex()}{_salt(key).hex()}'\"")
        for setting in _SETTINGS:
            conn.execute(setting)
    except BaseException:
        conn.close()
        raise
    return conn


def _prepare(conn: Connection, steps: tuple[str, ...]) -> None:
    if _pragma(conn, "journal_mode = WAL") != "wal":
        raise ConfigurationError("The disk of this profile does not support a write-ahead log.")
    if _pragma(conn, "secure_delete") != 1 or _pragma(conn, "synchronous") != 2:
        raise ConfigurationError("The database library does not accept our settings.")
    migrate.apply(conn, steps)


def _salt(key: bytes) -> bytes:
    return hashlib.blake2b(key[32:], digest_size=_SALT_BYTES, person=b"jitc1dbsalt").digest()


def _pragma(conn: Connection, name: str) -> Any:
    rows = conn.execute(f"PRAGMA {name}").fetchall()
    return rows[0][0] if rows else None
