"""Every version of a text that its author changed (space.db)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from localstore import rows
from localstore.connection import Connection

RECENT: Final = 64
"""How far back in its author's chain an edit is compared with what was said before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a text; `edit` is the message that brought it, of the first the text itself.

    `me`: it points to the person of this device. `waits`: for the message, which is not here yet.
    """

    edit: bytes
    message: bytes
    author_user: bytes
    author_device: bytes
    sender_seq: int
    lamport: int
    claimed_at: int
    received_at: int
    text: str
    me: bool
    waits: bool


_ADD: Final = rows.insertion("version", Version)
_OF: Final = rows.selection(
    Version,
    """FROM version WHERE message = :message AND waits = :waits
    ORDER BY lamport, author_device, edit""",
)
_SETTLE: Final = "UPDATE version SET waits = 0 WHERE edit = :edit"
_DROP: Final = "DELETE FROM version WHERE edit = :edit"
_SAID_THERE: Final = """
    SELECT max(claimed_at) FROM message JOIN (
        SELECT message AS said FROM link
        WHERE device = :device AND seq < :seq ORDER BY seq DESC LIMIT :recent)
    ON message.message = said"""
_SAID_HERE: Final = """
    SELECT max(claimed_at) FROM (
        SELECT claimed_at FROM message
        WHERE author_device = :device ORDER BY position DESC LIMIT :recent)"""


def add(sp: Connection, version: Version) -> None:
    """Keep a version."""
    sp.execute(_ADD, rows.values(version))


def of(sp: Connection, message: bytes) -> list[Version]:
    """All versions of a text that was changed, the first one first; else none."""
    return _read(sp, message, waits=False)


def waiting(sp: Connection, message: bytes) -> list[Version]:
    """Versions of a message that is not here yet."""
    return _read(sp, message, waits=True)


def settle(sp: Connection, edit: bytes) -> None:
    """What it changes has come."""
    sp.execute(_SETTLE, {"edit": edit})


def drop(sp: Connection, edit: bytes) -> None:
    """It changes nothing of its author's."""
    sp.execute(_DROP, {"edit": edit})


def said_before(sp: Connection, device: bytes, seq: int) -> int:
    """The latest time that another device claimed for what stands before a place of its chain.

    Of the last `RECENT` messages there; 0: nothing of them is here.
    """
    values = {"device": device, "seq": seq, "recent": RECENT}
    return int(sp.execute(_SAID_THERE, values).fetchall()[0][0] or 0)


def said_here(sp: Connection, device: bytes) -> int:
    """The latest time of the last `RECENT` messages of this very device."""
    return int(sp.execute(_SAID_HERE, {"device": device, "recent": RECENT}).fetchall()[0][0] or 0)


def _read(sp: Connection, message: bytes, *, waits: bool) -> list[Version]:
    found = sp.execute(_OF, {"message": message, "waits": int(waits)}).fetchall()
    return [rows.build(Version, row) for row in found]
