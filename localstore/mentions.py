"""Whom and what texts point to (space.db); written in the act that writes the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from localstore import messages
from localstore.connection import Connection
from localstore.messages import MessageRecord

_ADD: Final = """
    INSERT INTO mention (message, place, length, kind, target)
    VALUES (:message, :place, :length, :kind, :target)"""
_OF: Final = """
    SELECT place, length, kind, target FROM mention WHERE message = :message ORDER BY place"""
_DROP: Final = "DELETE FROM mention WHERE message = :message"
# The condition is spelt as in the index message_mentions_me, or SQLite would not use it.
_ME: Final = """
    SELECT message FROM message WHERE mentions_me = 1 AND unread >= :least
    ORDER BY log_seq DESC, lamport DESC, author_device DESC, position DESC LIMIT :limit"""
_UNREAD: Final = """
    SELECT count(*) FROM message INDEXED BY message_unread WHERE unread = 1 AND mentions_me = 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRecord:
    """Characters `place` to `place + length` of a text point to `target`.

    `kind`: person, role or exhibit; `target`: a user, a file, or the name of a role.
    """

    place: int
    length: int
    kind: str
    target: bytes


def keep(sp: Connection, message: bytes, found: Sequence[MentionRecord]) -> None:
    """Note what a text points to, in the place of what it pointed to before."""
    sp.execute(_DROP, {"message": message})
    sp.executemany(
        _ADD,
        [
            {
                "message": message,
                "place": one.place,
                "length": one.length,
                "kind": one.kind,
                "target": one.target,
            }
            for one in found
        ],
    )


def of(sp: Connection, message: bytes) -> tuple[MentionRecord, ...]:
    """What a text points to, in its order."""
    return tuple(
        MentionRecord(place=place, length=length, kind=kind, target=bytes(target))
        for place, length, kind, target in sp.execute(_OF, {"message": message}).fetchall()
    )


def of_me(sp: Connection, limit: int, *, unread: bool = False) -> list[MessageRecord]:
    """The newest messages that point to the person of this device, newest first."""
    ids = sp.execute(_ME, {"limit": limit, "least": int(unread)}).fetchall()
    found = (messages.message(sp, message) for (message,) in ids)
    return [one for one in found if one is not None]


def unread_of_me(sp: Connection) -> int:
    """How many of the messages that nobody has seen here point to the person of this device."""
    return int(sp.execute(_UNREAD).fetchall()[0][0])
