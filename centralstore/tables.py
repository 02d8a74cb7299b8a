"""Every table of the store. Opaque ids, digests, times and sealed bytes; no names but people's.

Times are whole seconds since 1970 UTC. Ids are 16 raw bytes, digests 32. Nothing here is particular
to one database: PostgreSQL takes the same definitions. Prekeys have theirs in prekeytables.py.
Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from centralstore import prekeytables

METADATA = prekeytables.METADATA

ACCOUNT = Table(
    "account",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("authority", String(200), nullable=False),
    Column("country", String(2), nullable=False),
    Column("party", String(20), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("invited_at", BigInteger, nullable=False),
    Column("invited_until", BigInteger, nullable=False),
    # Which chain of device lists the code begins: the first at the invitation, a later one at a
    # re-invitation. The code is spent once `chains`, how many were begun, has reached it.
    Column("code_for", Integer, nullable=False),
    Column("chains", Integer, nullable=False),
    Column("enrolled_at", BigInteger),
)
# Every list a person ever had: who reads a membership log from the start asks for old ones by
# their hash. The present one is the last of the last chain.
DEVICE_LIST = Table(
    "device_list",
    METADATA,
    Column("user_id", LargeBinary(16), primary_key=True),
    Column("head", LargeBinary(32), primary_key=True),
    Column("chain", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("user_key", LargeBinary(32), nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Index("device_list_in_order", "user_id", "chain", "seq", unique=True),
)
DEVICE = Table(
    "device",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("user_id", LargeBinary(16), nullable=False, index=True),
    Column("signing", LargeBinary, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    # What waits in its queue: at most so much, counted anew when it seems full; since when it was
    # found to be so, or 0 (positions.py).
    Column("waiting", BigInteger, nullable=False, server_default="0"),
    Column("waiting_bytes", BigInteger, nullable=False, server_default="0"),
    Column("full_at", BigInteger, nullable=False, server_default="0"),
    Column("last_seen", BigInteger),
)
CHALLENGE = Table(
    "challenge",
    METADATA,
    Column("nonce_hash", LargeBinary(32), primary_key=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
SESSION = Table(
    "session",
    METADATA,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", LargeBinary(16), nullable=False),
    Column("device_id", LargeBinary(16), nullable=False, index=True),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
LINK = Table(
    "link",
    METADATA,
    Column("slot", LargeBinary(16), primary_key=True),
    Column("user_id", LargeBinary(16), nullable=False),
    Column("device_id", LargeBinary(16), nullable=False, unique=True),
    Column("request", LargeBinary, nullable=False),
    Column("sealed_grant", LargeBinary, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
)
SPACE = Table(
    "space",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("agreement", LargeBinary(32), nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)
LOG_ENTRY = Table(
    "log_entry",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("signed", LargeBinary, nullable=False),
)
MEMBER = Table(
    "member",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("user_id", LargeBinary(16), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("left_seq", BigInteger),
    Column("controller", LargeBinary(16)),  # of what he uploads, where there must be one (R23.2)
    Index("member_by_user", "user_id"),
)
MESSAGE = Table(
    "message",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("message_id", LargeBinary(16), primary_key=True),
    Column("device_id", LargeBinary(16), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    Column("undelivered", Integer, nullable=False),
    Column("stored_at", BigInteger, nullable=False, index=True),
)
# Which envelopes of a message each mailbox ever had: kept when the delivery is long gone, for as
# long as the message's own row, so that no envelope is delivered twice, and none without end.
ADDRESSED = Table(
    "addressed",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("message_id", LargeBinary(16), primary_key=True),
    Column("mailbox", LargeBinary(16), primary_key=True),
    Column("envelope_id", LargeBinary(16), primary_key=True),
)
DELIVERY = Table(
    "delivery",
    METADATA,
    Column("device_id", LargeBinary(16), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("space_id", LargeBinary(16), nullable=False),
    Column("message_id", LargeBinary(16), nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("queued_at", BigInteger, nullable=False, index=True),
    Index("delivery_by_message", "space_id", "message_id"),
)
LOST_DELIVERY = Table(
    "lost_delivery",
    METADATA,
    Column("device_id", LargeBinary(16), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("space_id", LargeBinary(16), nullable=False),
    Column("message_id", LargeBinary(16), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("lost_at", BigInteger, nullable=False),
)
FILE = Table(
    "file",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("file_id", LargeBinary(16), primary_key=True),
    Column("user_id", LargeBinary(16), nullable=False),
    Column("device_id", LargeBinary(16), nullable=False),
    Column("parts", BigInteger, nullable=False),
    Column("sealed_bytes", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("prefix", String(32), nullable=False),
    Column("announced_at", BigInteger, nullable=False),
    Column("first_byte_at", BigInteger),
    Column("expires_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
    Column("root", LargeBinary(32)),
    Column("receipt", LargeBinary),
    Column("erased_at", BigInteger),
    Column("erase_reason", String(20)),
    Index("file_by_expiry", "state", "expires_at"),
    Index("file_by_uploader", "user_id", "state", "sealed_bytes"),
    Index("file_by_space", "space_id", "state", "sealed_bytes"),
)
FILE_RECIPIENT = Table(
    "file_recipient",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("file_id", LargeBinary(16), primary_key=True),
    Column("user_id", LargeBinary(16), primary_key=True),
    Column("proof", LargeBinary),
    Column("proven_at", BigInteger),
)
PART = Table(
    "part",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("file_id", LargeBinary(16), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("object_key", String(80), nullable=False),
)
DOOMED = Table(
    "doomed",
    METADATA,
    Column("prefix", String(32), primary_key=True),
    Column("space_id", LargeBinary(16), nullable=False),
    Column("file_id", LargeBinary(16), nullable=False),
    Column("since", BigInteger, nullable=False),
)
# Prefixes whose bytes were deleted lately: looked at once more when no part can be on its way.
EMPTIED = Table(
    "emptied",
    METADATA,
    Column("prefix", String(32), primary_key=True),
    Column("since", BigInteger, nullable=False, index=True),
)
WIPE = Table(
    "wipe",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("device_id", LargeBinary(16), primary_key=True),
    Column("signed", LargeBinary, nullable=False),
    Column("posted_at", BigInteger, nullable=False),
)
# People and devices that the operator has shut out (blocking.py).
BLOCKED = Table(
    "blocked",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("since", BigInteger, nullable=False),
)
# Whose the operators' opaque ids in the access log are.
OPERATOR = Table(
    "operator",
    METADATA,
    Column("id", LargeBinary(16), primary_key=True),
    Column("system_user", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("first_at", BigInteger, nullable=False),
)
# What acts have logged and has no place in the tree yet: encoded rows, together with their act.
LOG_WAITING = Table(
    "log_waiting",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("rows", LargeBinary, nullable=False),
)
# `leaf` is null for a row of the time before LOG_WAITING that has no place yet, and REFUSED for one
# that the store did not write; `number` counts within the space, or among rows of no space.
ACCESS_LOG = Table(
    "access_log",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", String(40), nullable=False, index=True),
    Column("user_id", LargeBinary(16), nullable=False),
    Column("device_id", LargeBinary(16), nullable=False),
    Column("operation", String(40), nullable=False),
    Column("space_id", LargeBinary(16), nullable=False),
    Column("object_id", LargeBinary(16), nullable=False),
    Column("result", String(40), nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    Column("leaf", BigInteger),
    Column("number", BigInteger),
    Index("access_log_by_leaf", "leaf"),
    Index("access_log_by_space", "space_id", "number"),
    Index("access_log_by_user", "user_id", "leaf"),
    sqlite_autoincrement=True,
)
REFUSED = -1
# Hashes of the log's tree (tiles.py); they outlive the rows they stand for.
LOG_TILE = Table(
    "log_tile",
    METADATA,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
# One row. `unsealed` leaves at the beginning are of rows from before the tree, `pruned` of rows
# whose time was over; `checkpoint` is the last one that was signed.
LOG_HEAD = Table(
    "log_head",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("unsealed", BigInteger, nullable=False),
    Column("pruned", BigInteger, nullable=False),
    Column("checkpoint", String(400), nullable=False),
    # No row is forgotten before: a procedure has begun (R25.4).
    Column("held_until", BigInteger, nullable=False),
)
# How many rows of a space (or of none) have a number.
LOG_COUNT = Table(
    "log_count",
    METADATA,
    Column("space_id", LargeBinary(16), primary_key=True),
    Column("rows", BigInteger, nullable=False),
)
