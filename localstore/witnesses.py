"""Which bodies this device has under which message ids, and which others state (space.db).

Spec: docs/protocol/40-messages.md §8.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from localstore import rows
from localstore.connection import Connection

MAX_UNTOLD: Final = 1024
"""Bodies of others that wait to be stated; who reads and never writes states none."""
MAX_HEARD: Final = 256
"""What one device stated of messages that have not come; it could make up any number."""
MAX_VERSIONS: Final = 256
"""Differences that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A message id and the mark (32 B) of its author and body, as some device has them."""

    message: bytes
    mark: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoVersions:
    """A message as it is here, of which device and with which mark; and what a witness stated."""

    message: bytes
    device: bytes
    mark: bytes
    witness: bytes
    stated: bytes
    at: int


_NOTE: Final = "INSERT INTO untold (message, mark) VALUES (:message, :mark) RETURNING position"
_FORGET_UNTOLD: Final = "DELETE FROM untold WHERE position <= :last"
_UNTOLD: Final = rows.selection(Stated, "FROM untold ORDER BY position LIMIT :limit")
_TOLD: Final = """
    DELETE FROM untold WHERE position IN (
        SELECT position FROM untold ORDER BY position LIMIT :limit)"""
_HEAR: Final = """
    INSERT OR IGNORE INTO heard (witness, message, mark) VALUES (:witness, :message, :mark)"""
_FORGET_HEARD: Final = """
    DELETE FROM heard WHERE witness = :witness AND position <= (
        SELECT position FROM heard WHERE witness = :witness
        ORDER BY position DESC LIMIT 1 OFFSET :keep)"""
_HEARD: Final = "DELETE FROM heard WHERE message = :message RETURNING witness, mark"
_DIFFERS: Final = rows.insertion("two_versions", TwoVersions, verb="INSERT OR IGNORE")
_FORGET_VERSIONS: Final = """
    DELETE FROM two_versions WHERE position <= (
        SELECT position FROM two_versions ORDER BY position DESC LIMIT 1 OFFSET :keep)"""
_VERSIONS: Final = rows.selection(TwoVersions, "FROM two_versions ORDER BY position")


def note(sp: Connection, one: Stated) -> None:
    """A body came that is to be stated. Of more than MAX_UNTOLD the oldest never are."""
    row = sp.execute(_NOTE, rows.values(one)).fetchall()[0]
    sp.execute(_FORGET_UNTOLD, {"last": int(row[0]) - MAX_UNTOLD})


def untold(sp: Connection, limit: int) -> list[Stated]:
    """What is to be stated next, oldest first."""
    found = sp.execute(_UNTOLD, {"limit": limit}).fetchall()
    return [rows.build(Stated, row) for row in found]


def told(sp: Connection, count: int) -> None:
    """The first `count` of them were stated to everybody."""
    rows.require_transaction(sp)
    sp.execute(_TOLD, {"limit": count})


def hear(sp: Connection, witness: bytes, stated: Iterable[Stated]) -> None:
    """Keep what a device stated of messages that are not here yet: MAX_HEARD, the newest."""
    values = [{**rows.values(one), "witness": witness} for one in stated]
    if values:
        sp.executemany(_HEAR, values)
        sp.execute(_FORGET_HEARD, {"witness": witness, "keep": MAX_HEARD})


def heard(sp: Connection, message: bytes) -> list[tuple[bytes, bytes]]:
    """Take away what was stated of a message before it came: (witness, mark)."""
    found = sp.execute(_HEARD, {"message": message}).fetchall()
    return [(bytes(witness), bytes(mark)) for witness, mark in found]


def differs(sp: Connection, found: TwoVersions) -> bool:
    """Keep a difference; False when this witness told of this message before."""
    if sp.execute(_DIFFERS, rows.values(found)).rowcount != 1:
        return False
    sp.execute(_FORGET_VERSIONS, {"keep": MAX_VERSIONS})
    return True


def versions(sp: Connection) -> list[TwoVersions]:
    """All differences that are kept, in the order in which they were found."""
    return [rows.build(TwoVersions, row) for row in sp.execute(_VERSIONS).fetchall()]
