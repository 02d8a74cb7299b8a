"""The technical log: every access and every operation, also refused ones (R25.1, R25.2).

A row holds the exact time with its zone, the person's and the device's opaque ids, the operation,
the object's opaque id and the result. Never a name, never content. It is written in the same
transaction as the operation itself. Spec: docs/protocol/70-store.md §8.
"""

from __future__ import annotations

import datetime

from sqlalchemy import Connection, insert

from centralstore.tables import ACCESS_LOG

_RECORD = insert(ACCESS_LOG)


def record(
    conn: Connection,
    *,
    now: float,
    user: bytes,
    device: bytes,
    operation: str,
    subject: bytes,
    result: str,
) -> None:
    """Write one row. `now` is seconds since 1970 UTC; `subject` an id or empty."""
    conn.execute(
        _RECORD,
        {
            "at": stamp(now),
            "user_id": user,
            "device_id": device,
            "operation": operation,
            "object_id": subject,
            "result": result,
        },
    )


def stamp(now: float) -> str:
    """RFC 3339 in UTC with microseconds and zone: 2026-11-22T13:30:00.123456+00:00."""
    moment = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    return moment.isoformat(timespec="microseconds")
