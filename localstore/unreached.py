"""What a wipe on this device could not reach, for this device's person only (device.db).

The receipt that travels says how many; which ones stays here, with the title of the space.
Spec: docs/protocol/61-closing.md §5.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from localstore import rows
from localstore.connection import Connection

KINDS: Final = (
    "exhibit", "sheet", "list", "proof", "unfinished", "source", "member", "file", "profile",
)  # fmt: skip
"""Saved copies of an exhibit, sheets of facts, hand-over lists, proofs; a copy cut off midway; the
files own exhibits were read from; removed members; what the system did not let go; copies of the
whole profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """`name`: a path as the system spells it, or a person's name in UTF-8; `at`: since when."""

    space: bytes
    what: str
    name: bytes
    at: int | None


_NOTE: Final = rows.insertion("unreached", Unreached, verb="INSERT OR REPLACE")
_ALL: Final = rows.selection(Unreached, "FROM unreached WHERE space = :space ORDER BY what, name")
_DROP: Final = "DELETE FROM unreached WHERE space = :space AND what = :what AND name = :name"


def note(db: Connection, found: Iterable[Unreached]) -> None:
    """Keep what was not reached."""
    db.executemany(_NOTE, [rows.values(one) for one in found])


def drop(db: Connection, one: Unreached) -> None:
    """It is gone now."""
    db.execute(_DROP, rows.values(one))


def of_space(db: Connection, space: bytes) -> list[Unreached]:
    """Everything that was not reached of a space."""
    return [rows.build(Unreached, row) for row in db.execute(_ALL, {"space": space}).fetchall()]
