"""What a closing, or time, would end of a space as this device knows it (space.db).

Each question is one reading over the exhibits, however many there are; only the first names come.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from localstore.connection import Connection
from localstore.messages import split_ids


@dataclass(frozen=True, slots=True)
class Some:
    """How many there are, and number and name of the first of them."""

    count: int
    first: tuple[tuple[str, str], ...]


_UNSAVED: Final = """
    FROM exhibit WHERE mine = 0
    AND state NOT IN ('cancelled', 'withdrawn', 'corrupted', 'erased') AND length(exported_to) = 0
    AND file NOT IN (SELECT file FROM outside WHERE what = 'exhibit' AND made_at IS NOT NULL)"""
_MOVING: Final = """
    FROM exhibit
    WHERE state IN ('sealing', 'uploading', 'available', 'downloading', 'paused', 'failed')"""
# The states are written out as the indexes have them. Without recipients it was shared, not handed
# over: the store gives it to nobody here.
_LEAVING: Final = """
    SELECT expires_at FROM exhibit
    WHERE state IN ('sealing', 'uploading', 'available', 'downloading')
    AND mine = 0 AND length(recipients) > 0 AND expires_at > :now AND expires_at <= :until
    UNION ALL
    SELECT expires_at FROM exhibit INDEXED BY exhibit_standing
    WHERE state IN ('paused', 'failed', 'corrupted')
    AND mine = 0 AND length(recipients) > 0 AND expires_at > :now AND expires_at <= :until
    ORDER BY 1"""
_COUNT: Final = "SELECT count(*) {}"
_NAMES: Final = "SELECT exhibit, name {} ORDER BY exhibit, name, file LIMIT :most"
_HANDED_OVER: Final = """
    SELECT file, recipients FROM exhibit WHERE mine = 1 AND state IN ('on-server', 'verified')"""
_HAVE: Final = """
    SELECT file, user FROM exhibit_verified
    WHERE file IN (SELECT file FROM exhibit WHERE mine = 1)"""


def leaving(sp: Connection, now: int, until: int) -> list[int]:
    """When the store erases, at the latest, what is to come here and did not yet; soonest first.

    Only what it erases after `now` and until `until`.
    """
    return [int(at) for (at,) in sp.execute(_LEAVING, {"now": now, "until": until}).fetchall()]


def unsaved(sp: Connection, most: int) -> Some:
    """Exhibits of others, whole or coming, of which no copy was ever saved outside."""
    return _some(sp, _UNSAVED, most)


def moving(sp: Connection, most: int) -> Some:
    """Exhibits that still travel, wait, or stand still on their way."""
    return _some(sp, _MOVING, most)


def owing(sp: Connection) -> dict[bytes, int]:
    """By person, how many own exhibits that were handed over the person has not verified."""
    have = {(bytes(file), bytes(user)) for file, user in sp.execute(_HAVE).fetchall()}
    missing: Counter[bytes] = Counter()
    for file, packed in sp.execute(_HANDED_OVER).fetchall():
        missing.update(user for user in split_ids(packed) if (bytes(file), user) not in have)
    return dict(missing)


def _some(sp: Connection, rest: str, most: int) -> Some:
    count = int(sp.execute(_COUNT.format(rest)).fetchall()[0][0])
    named = sp.execute(_NAMES.format(rest), {"most": most}).fetchall() if count else []
    return Some(count, tuple((str(number), str(name)) for number, name in named))
