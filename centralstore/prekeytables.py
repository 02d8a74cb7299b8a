"""The tables of prekeys, and the metadata that all tables of the store are in (tables.py).

Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, LargeBinary, MetaData, String, Table

METADATA = MetaData()

SIGNED_PREKEYS = Table(
    "signed_prekeys",
    METADATA,
    Column("device_id", LargeBinary(16), primary_key=True),
    Column("signed", LargeBinary, nullable=False),
)
ONE_TIME_KEY = Table(
    "one_time_key",
    METADATA,
    Column("device_id", LargeBinary(16), primary_key=True),
    Column("kind", String(4), primary_key=True),
    Column("key_id", BigInteger, primary_key=True, autoincrement=False),
    # Null once handed out: the row stays, so that a repeated upload cannot offer the key again.
    Column("public", LargeBinary),
    Column("signature", LargeBinary),
    Column("claimed", Boolean, nullable=False),
)
# What is left is counted in every round and taken in order: past the keys of years that are gone.
_LEFT = ONE_TIME_KEY.c.claimed.is_(False)
Index(
    "one_time_key_left",
    ONE_TIME_KEY.c.device_id,
    ONE_TIME_KEY.c.kind,
    ONE_TIME_KEY.c.key_id,
    sqlite_where=_LEFT,
    postgresql_where=_LEFT,
)
# Who took one-time keys of a device lately: at `settled_at` nothing of it counts any more.
CLAIM = Table(
    "claim",
    METADATA,
    Column("user_id", LargeBinary(16), primary_key=True),
    Column("device_id", LargeBinary(16), primary_key=True),
    Column("settled_at", BigInteger, nullable=False, index=True),
)
