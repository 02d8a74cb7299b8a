"""The technical log: every access and every operation, also refused ones (R25.1, R25.2).

A row holds the exact time with its zone, the person's and the device's opaque ids, the operation,
the space, the object's opaque id and the result. Never a name, never content. It is written in the
same transaction as the operation itself, under a tag that whoever has the database alone cannot
make, and waits in `log_waiting` with what was committed with it; `sequencer.py` then moves it to
its leaf of the tree. Spec: docs/protocol/72-access-log.md §1.
"""

from __future__ import annotations

import datetime
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec
from sqlalchemy import Connection, insert

from centralstore.prepared import Prepared, Row
from centralstore.tables import LOG_WAITING
from crypto import merkle
from protocol import codec
from protocol.accesslog import SEAL_BYTES, AccessRow
from protocol.records import VERSION

_RECORD = Prepared(insert(LOG_WAITING))
MAX_TOGETHER: Final = 256
"""So many rows at most wait as one."""
_NONCE_BYTES: Final = 16
_TAG_BYTES: Final = SEAL_BYTES - _NONCE_BYTES
_PURPOSE: Final = b"jitstore/v1/access-row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access. `now` is seconds since 1970 UTC; ids are empty for strangers and the store."""

    now: float
    operation: str
    result: str
    user: bytes = b""
    device: bytes = b""
    space: bytes = b""
    subject: bytes = b""


class Sealer:
    """Knows the store's own rows: a tag under a key that never is in the database."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret of the store's key, 32 bytes; what is used is derived from it."""
        self._key = hmac.digest(secret, _PURPOSE, "sha256")

    def row(self, access: Access) -> AccessRow:
        """The sealed row: 16 random bytes, and the tag over them and it; its place comes later."""
        bare = AccessRow(
            version=VERSION,
            number=0,
            at=stamp(access.now),
            user=access.user,
            device=access.device,
            operation=access.operation,
            space=access.space,
            subject=access.subject,
            result=access.result,
            seal=os.urandom(_NONCE_BYTES),
        )
        return msgspec.structs.replace(bare, seal=bare.seal + self._tag(bare))

    def genuine(self, row: AccessRow) -> bool:
        """Whether this store wrote the row as it is."""
        nonce, tag = row.seal[:_NONCE_BYTES], row.seal[_NONCE_BYTES:]
        bare = msgspec.structs.replace(row, number=0, seal=nonce)
        return hmac.compare_digest(self._tag(bare), tag)

    def _tag(self, bare: AccessRow) -> bytes:
        """Over a row without a number whose seal is the random bytes alone."""
        return hmac.digest(self._key, codec.encode(bare), "sha256")[:_TAG_BYTES]


def record(conn: Connection, sealer: Sealer, *accesses: Access) -> None:
    """Write a row for each."""
    rows = [sealer.row(one) for one in accesses]
    for start in range(0, len(rows), MAX_TOGETHER):
        some = rows[start : start + MAX_TOGETHER]
        _RECORD.do(conn, {"count": len(some), "rows": msgspec.msgpack.encode(some)})


def row_of(found: Row, number: int = 0) -> AccessRow:
    """The record of a row of the table, not checked; `number` for one that has none yet.

    Raises:
        TypeError, ValueError: somebody else put into the table what no row can be.
    """
    return AccessRow(
        version=VERSION,
        number=found.number or number,
        at=found.at,
        user=bytes(found.user_id),
        device=bytes(found.device_id),
        operation=found.operation,
        space=bytes(found.space_id),
        subject=bytes(found.object_id),
        result=found.result,
        seal=bytes(found.seal),
    )


def leaf_of(row: AccessRow) -> bytes:
    """The row's leaf hash, 32 bytes."""
    return merkle.leaf(codec.encode(row))


def stamp(now: float) -> str:
    """RFC 3339 in UTC with microseconds and zone: 2026-11-22T13:30:00.123456+00:00."""
    second, micro = divmod(round(now * 1_000_000), 1_000_000)
    return f"{_second(second)}.{micro:06}+00:00"


@lru_cache(maxsize=8)
def _second(second: int) -> str:
    """Most rows share theirs with the row before."""
    moment = datetime.datetime.fromtimestamp(second, datetime.UTC)
    return moment.isoformat(timespec="seconds").removesuffix("+00:00")
