"""Copies outside the profile that a person asked for, noted before they are made (space.db).

The temporary name is noted as well: where a file cannot be written without a name, a killed
process leaves it behind, and it is nobody's file then. Spec: docs/protocol/61-closing.md §5.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from localstore import rows
from localstore.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """One file. `what`: see the schema; `made_at`: None until it stands whole."""

    path: Path
    temporary: Path
    what: str
    file: bytes = b""  # of an exhibit and of its sheet
    detail: str = ""  # what the log will say
    made_at: int | None = None


_NOTE: Final = """
    INSERT OR REPLACE INTO outside (path, temporary, what, file, detail, made_at)
    VALUES (:path, :temporary, :what, :file, :detail, :made_at)"""
_ALL: Final = """
    SELECT path, temporary, what, file, detail, made_at FROM outside ORDER BY path, made_at"""
_UNFINISHED: Final = (
    "SELECT path, temporary, what, file, detail, made_at FROM outside WHERE made_at IS NULL"
)
_DROP: Final = "DELETE FROM outside WHERE path = :path AND temporary = :temporary"
_FOLLOWED: Final = """
    DELETE FROM outside
    WHERE path = :path AND temporary <> :temporary AND made_at IS NOT NULL"""


def note(sp: Connection, copies: Iterable[Outside]) -> None:
    """Keep that these are being made, or stand whole.

    What stood under the same path before stays on record until the new one stands whole: it may be
    somewhere else by now, and the new one may not come about.
    """
    rows.require_transaction(sp)
    for one in copies:
        sp.execute(_NOTE, {**rows.values(one), **_names(one)})
        if one.made_at is not None:
            sp.execute(_FOLLOWED, _names(one))


def drop(sp: Connection, copies: Iterable[Outside]) -> None:
    """They were not made after all."""
    rows.require_transaction(sp)
    for one in copies:
        sp.execute(_DROP, _names(one))


def _names(one: Outside) -> dict[str, bytes]:
    return {"path": os.fsencode(one.path), "temporary": os.fsencode(one.temporary)}


def copies(sp: Connection) -> list[Outside]:
    """Everything that was ever written outside for this space; of a path what stands whole last."""
    return [_built(row) for row in sp.execute(_ALL).fetchall()]


def unfinished(sp: Connection) -> list[Outside]:
    """What was begun, and not ended by this process or by one before it."""
    return [_built(row) for row in sp.execute(_UNFINISHED).fetchall()]


def _built(row: tuple[object, ...]) -> Outside:
    path, temporary, what, file, detail, made_at = row
    return Outside(
        path=Path(os.fsdecode(path)),  # type: ignore[arg-type]
        temporary=Path(os.fsdecode(temporary)),  # type: ignore[arg-type]
        what=str(what),
        file=bytes(file),  # type: ignore[call-overload]
        detail=str(detail),
        made_at=made_at,  # type: ignore[arg-type]
    )
