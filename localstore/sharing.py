"""What of the past this device still has to send to a member, and how far it is (space.db)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from localstore import messages, rows
from localstore.connection import Connection
from localstore.messages import MessageRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A HISTORY entry of this device: to whom, since which entry, sent up to which row."""

    granted: int
    user: bytes
    since: int
    position: int


_ADD: Final = rows.insertion("sharing", Grant, verb="INSERT OR IGNORE")
_ALL: Final = rows.selection(Grant, "FROM sharing ORDER BY granted")
_MOVE: Final = "UPDATE sharing SET position = :position WHERE granted = :granted"
_DROP: Final = "DELETE FROM sharing WHERE granted = :granted"
_PAST: Final = """
    SELECT position, message FROM message
    WHERE position > :position AND kind IN ('text', 'exhibit') AND told_by = x''
    AND state <> 'refused' AND log_seq >= :since AND log_seq < :granted
    ORDER BY position LIMIT :limit"""


def add_grant(sp: Connection, grant: Grant) -> None:
    """Owe a member the past; the same entry again changes nothing."""
    sp.execute(_ADD, rows.values(grant))


def grants(sp: Connection) -> list[Grant]:
    """What is still owed, oldest first."""
    return [rows.build(Grant, row) for row in sp.execute(_ALL).fetchall()]


def move_grant(sp: Connection, granted: int, position: int) -> None:
    """Everything up to this row stands in a message now."""
    sp.execute(_MOVE, {"granted": granted, "position": position})


def drop_grant(sp: Connection, granted: int) -> None:
    """Nothing more is owed."""
    sp.execute(_DROP, {"granted": granted})


def past(sp: Connection, grant: Grant, limit: int) -> list[tuple[int, MessageRecord]]:
    """The next (row, message) of the time a grant opens; nothing that was only told here."""
    found = sp.execute(
        _PAST,
        {
            "position": grant.position,
            "since": grant.since,
            "granted": grant.granted,
            "limit": limit,
        },
    ).fetchall()
    known = ((int(place), messages.message(sp, bytes(message))) for place, message in found)
    return [(place, row) for place, row in known if row is not None]
