"""What transactions of several processes keep each other off: PostgreSQL's advisory locks by id.

Where one writer does everything (SQLite) there is nothing to hold. A lock belongs to the
transaction and ends with it. Everyone takes them in this order, or two wait for each other:

    space        shared by whoever relies on its members and its being open, alone by its log
    user         alone by whoever changes the chain of device lists
    devices      alone by whoever queues for them, revokes them or keeps something of theirs
    quotas       of an account and of a space, alone by whoever announces a file
    rows         of files, messages and slots (SELECT ... FOR UPDATE)

Who breaks the order is found by the database, taken back and run again. ADR-0029 says which law
rests on which lock. Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection

from centralstore import pipelined

_ALONE: Final = "SELECT pg_advisory_xact_lock(k) FROM unnest(%(keys)b::BIGINT[]) AS k"
_SHARED: Final = "SELECT pg_advisory_xact_lock_shared(k) FROM unnest(%(keys)b::BIGINT[]) AS k"


def hold(conn: Connection, ids: Iterable[bytes], *, shared: bool = False) -> None:
    """Take the transaction's locks of these ids, in the same order wherever it is done."""
    if conn.dialect.name != "postgresql":
        return
    keys = sorted(key(one) for one in set(ids))
    if keys:
        kind = _SHARED if shared else _ALONE
        pipelined.once(conn, kind, {"keys": keys}, (kind, *keys))


def key(name: bytes) -> int:
    """A lock's 64-bit number; two names that share one only wait for each other."""
    digest = hashlib.blake2b(name, digest_size=8, person=b"jit-store-lock").digest()
    return int.from_bytes(digest, "big", signed=True)
