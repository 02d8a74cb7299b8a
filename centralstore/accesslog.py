"""The technical log: every access and every operation, also refused ones (R25.1, R25.2).

A row holds the exact time with its zone, the person's and the device's opaque ids, the operation,
the object's opaque id and the result. Never a name, never content. It is written in the same
transaction as the operation itself. Spec: docs/protocol/70-store.md §10.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from centralstore.tables import ACCESS_LOG

_RECORD = insert(ACCESS_LOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access. `now` is seconds since 1970 UTC; ids are empty for strangers and the store."""

    now: float
    operation: str
    result: str
    user: bytes = b""
    device: bytes = b""
    subject: bytes = b""


def record(conn: Connection, access: Access) -> None:
    """Write one row."""
    conn.execute(
        _RECORD,
        {
            "at": stamp(access.now),
            "user_id": access.user,
            "device_id": access.device,
            "operation": access.operation,
            "object_id": access.subject,
            "result": access.result,
        },
    )


def stamp(now: float) -> str:
    """RFC 3339 in UTC with microseconds and zone: 2026-11-22T13:30:00.123456+00:00."""
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return moment.isoformat(timespec="microseconds")
