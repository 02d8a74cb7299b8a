"""Keys of the spool: what had no file of its own, sealed until it is handed over (space.db).

Its bytes lie in `spaces/<hex>/spool/<file hex>`. Without the row they are noise; it goes first.
"""

from __future__ import annotations

from typing import Final

from localstore import rows
from localstore.connection import Connection

_ADD: Final = "INSERT INTO spool (file, key) VALUES (:file, :key)"
_KEY: Final = "SELECT key FROM spool WHERE file = :file"
_DROP: Final = "DELETE FROM spool WHERE file = :file"
_ALL: Final = "SELECT file FROM spool"
_OVER: Final = """
    DELETE FROM spool WHERE file NOT IN (SELECT file FROM exhibit
    WHERE mine = 1 AND state IN ('sealing', 'uploading', 'paused', 'failed'))"""


def add(sp: Connection, file: bytes, key: bytes) -> None:
    """Keep the key (32 B) of a spooled exhibit."""
    sp.execute(_ADD, {"file": file, "key": key})


def key(sp: Connection, file: bytes) -> bytes | None:
    """The key of a spooled exhibit; None: it is none, or no more."""
    row = sp.execute(_KEY, {"file": file}).fetchone()
    return None if row is None else bytes(row[0])


def drop(sp: Connection, file: bytes) -> None:
    """Destroy a key, if there is one."""
    sp.execute(_DROP, {"file": file})


def drop_over(sp: Connection) -> None:
    """Destroy the keys of whatever will not be sent any more."""
    rows.require_transaction(sp)
    sp.execute(_OVER)


def kept(sp: Connection) -> set[bytes]:
    """The files that are still spooled."""
    return {bytes(row[0]) for row in sp.execute(_ALL)}
