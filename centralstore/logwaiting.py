"""Rows of the access log that have no place in the tree yet.

An act writes its rows together, as one value without an index over them, for it waits for that; the
sequencer moves them into the log a moment later. Spec: docs/protocol/72-access-log.md §2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, select

from centralstore.accesslog import MAX_TOGETHER
from centralstore.prepared import Prepared
from centralstore.tables import LOG_WAITING
from protocol.accesslog import AccessRow

_AT_ONCE: Final = 250
_MAX_ROW_BYTES: Final = 400
_Rows = Annotated[tuple[AccessRow, ...], msgspec.Meta(max_length=MAX_TOGETHER)]
_OLDEST = Prepared(select(LOG_WAITING).order_by(LOG_WAITING.c.id).limit(bindparam("most")))
_FORGET = Prepared(
    delete(LOG_WAITING).where(LOG_WAITING.c.id.in_(bindparam("these", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was written together, under its id; without rows what the store cannot have written."""

    id: int
    rows: tuple[AccessRow, ...] | None


def oldest(conn: Connection, most: int) -> list[Waiting]:
    """What waits longest: at most about `most` rows, and something if anything waits."""
    found: list[Waiting] = []
    count = 0
    for row in _OLDEST.rows(conn, {"most": _AT_ONCE}):
        if count >= most:
            break
        some = Waiting(row.id, _read(row.rows))
        count += len(some.rows or (None,))
        found.append(some)
    return found


def forget(conn: Connection, some: list[Waiting]) -> None:
    """These are in the log now."""
    if some:
        _FORGET.do(conn, {"these": [one.id for one in some]})


def count(conn: Connection) -> int:
    """How many rows wait, as they say of themselves."""
    return int(conn.execute(select(func.sum(LOG_WAITING.c.count))).scalar() or 0)


def newest(conn: Connection) -> str | None:
    """When the last that waits was written; None when nothing waits, or nothing of the store's."""
    last = select(LOG_WAITING.c.rows).order_by(LOG_WAITING.c.id.desc()).limit(1)
    rows = _read(conn.execute(last).scalar())
    return rows[-1].at if rows else None


def _read(packed: object) -> tuple[AccessRow, ...] | None:
    if not isinstance(packed, bytes | memoryview) or len(packed) > MAX_TOGETHER * _MAX_ROW_BYTES:
        return None
    try:
        return msgspec.msgpack.decode(packed, type=_Rows)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
