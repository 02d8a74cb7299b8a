"""Messages of a space and who has them (space.db). Chains and counters: chains.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from localstore import rows, searchindex
from localstore.chains import (
    Gap,
    Link,
    add_link,
    advance_own,
    advance_peer,
    advance_receipt,
    asked_gap,
    catch_up_own,
    close_gap,
    forget_links,
    gap_states,
    gaps,
    last_sender_seqs,
    link_of,
    links_around,
    next_lamport,
    next_own,
    next_receipt,
    note_gap,
    peer_chain,
    revive_gaps,
    witness_lamport,
)
from localstore.connection import Connection
from protocol.ids import ID_BYTES

__all__ = [
    "Gap",
    "Link",
    "MessageRecord",
    "add_link",
    "add_message",
    "advance_own",
    "advance_peer",
    "advance_receipt",
    "asked_gap",
    "catch_up_own",
    "close_gap",
    "deliveries",
    "expect",
    "first_unread",
    "forget_expected",
    "forget_links",
    "gap_states",
    "gaps",
    "last_sender_seqs",
    "link_of",
    "links_around",
    "mark_delivered",
    "mark_read",
    "mend_missing",
    "message",
    "messages",
    "messages_after",
    "next_lamport",
    "next_own",
    "next_receipt",
    "note_gap",
    "peer_chain",
    "revive_gaps",
    "shown_missing",
    "split_ids",
    "unread",
    "update_message",
    "witness_lamport",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One message as this device has it.

    `kind`: text, edit, exhibit, receipts, welcome, withdrawn or event. `state`: saved, on-server,
    received, refused or incoming. `claimed_at` is its author's claim, `received_at` ours.
    """

    message: bytes
    author_user: bytes
    author_device: bytes
    sender_seq: int
    lamport: int
    log_seq: int
    kind: str
    text: str
    reply_to: bytes | None
    file: bytes | None
    audience: tuple[bytes, ...]  # empty: every member
    state: str
    claimed_at: int
    received_at: int
    on_server_at: int | None
    store_receipt: bytes
    body_digest: bytes
    missing_before: int
    problem: str
    unread: bool
    told_by: bytes = b""  # the user who told of it; empty: it came from its author
    mentions_me: bool = False  # it points to the person of this device
    edited_at: int | None = None  # when its author changed it, by his clock; see versions.py
    thread: bytes | None = None  # the first message of the thread that it is part of; threads.py


_ADD: Final = rows.insertion("message", MessageRecord)
_ONE: Final = rows.selection(MessageRecord, "FROM message WHERE message = :message")
# The condition on `kind` is spelt as in the index message_timeline, or SQLite would not use it.
_NEWEST: Final = rows.selection(
    MessageRecord,
    """FROM message WHERE kind IN ('text', 'exhibit', 'event', 'withdrawn')
    ORDER BY log_seq DESC, lamport DESC, author_device DESC, position DESC LIMIT :limit""",
)
_BEFORE: Final = rows.selection(
    MessageRecord,
    """FROM message WHERE kind IN ('text', 'exhibit', 'event', 'withdrawn')
    AND (log_seq, lamport, author_device, position) <
        (SELECT log_seq, lamport, author_device, position FROM message WHERE message = :before)
    ORDER BY log_seq DESC, lamport DESC, author_device DESC, position DESC LIMIT :limit""",
)
_AFTER: Final = rows.selection(
    MessageRecord,
    """FROM message WHERE kind IN ('text', 'exhibit', 'event', 'withdrawn')
    AND (log_seq, lamport, author_device, position) >
        (SELECT log_seq, lamport, author_device, position FROM message WHERE message = :after)
    ORDER BY log_seq, lamport, author_device, position LIMIT :limit""",
)
_UNREAD: Final = "SELECT count(*) FROM message WHERE unread = 1"
_FIRST_UNREAD: Final = """
    SELECT message FROM message INDEXED BY message_unread
    WHERE unread = 1 AND kind IN ('text', 'exhibit')
    ORDER BY log_seq, lamport, author_device, position LIMIT 1"""
_READ: Final = "UPDATE message SET unread = 0 WHERE unread = 1"
_EXPECT: Final = "INSERT OR IGNORE INTO delivery (message, user) VALUES (:message, :user)"
_DELIVERED: Final = """
    UPDATE delivery SET at = :at, receipt = :receipt
    WHERE message = :message AND user = :user AND at IS NULL"""
_MISSING: Final = """
    SELECT count(*), count(*) FILTER (WHERE at IS NULL) FROM delivery WHERE message = :message"""
_DELIVERIES: Final = "SELECT user, at FROM delivery WHERE message = :message ORDER BY user"
_FORGET_EXPECTED: Final = """
    DELETE FROM delivery WHERE message = :message AND user = :user AND at IS NULL"""

_SHOWN_MISSING: Final = (
    "SELECT coalesce(sum(missing_before), 0) FROM message WHERE author_device = :device"
)
_MEND_MISSING: Final = """
    UPDATE message SET missing_before = missing_before - 1 WHERE position = (
        SELECT position FROM message
        WHERE author_device = :device AND missing_before > 0
        ORDER BY sender_seq > :seq DESC, sender_seq LIMIT 1)"""


def add_message(sp: Connection, record: MessageRecord) -> None:
    """Store a message, and note that it is to be indexed; its id must be new.

    Raises:
        BugError: outside an act.
    """
    columns = {**rows.values(record), "audience": b"".join(record.audience)}
    position = sp.execute(_ADD, columns).lastrowid
    searchindex.add(sp, searchindex.MESSAGES, position)


def message(sp: Connection, message: bytes) -> MessageRecord | None:
    """One message, or None."""
    row = sp.execute(_ONE, {"message": message}).fetchone()
    return None if row is None else _record(row)


def messages(sp: Connection, limit: int, before: bytes | None = None) -> list[MessageRecord]:
    """The last `limit` rows of the conversation (those before a message), oldest first.

    Ordered by (log_seq, lamport, author's device, arrival): never by anybody's clock, and the
    same on every device. Touches `limit` rows of an
    index, however long the conversation is.
    """
    if before is None:
        found = sp.execute(_NEWEST, {"limit": limit}).fetchall()
    else:
        found = sp.execute(_BEFORE, {"limit": limit, "before": before}).fetchall()
    return [_record(row) for row in reversed(found)]


def messages_after(sp: Connection, limit: int, after: bytes) -> list[MessageRecord]:
    """The `limit` rows of the conversation that follow a message, in the order of `messages`."""
    found = sp.execute(_AFTER, {"limit": limit, "after": after}).fetchall()
    return [_record(row) for row in found]


def update_message(sp: Connection, message: bytes, **columns: Any) -> None:
    """Set columns of a `MessageRecord`.

    Raises:
        NotFoundError: no such message.
        BugError: no such column.
    """
    if "audience" in columns:
        columns["audience"] = b"".join(columns["audience"])
    rows.update(sp, "message", MessageRecord, message, columns)
    if columns.keys() & {"kind", "text"}:
        searchindex.replace(sp, searchindex.MESSAGES, "message", message)


def unread(sp: Connection) -> int:
    """How many messages a person has not seen."""
    return int(sp.execute(_UNREAD).fetchall()[0][0])


def first_unread(sp: Connection) -> bytes | None:
    """The first text or exhibit in the conversation that a person has not seen, or None."""
    row = sp.execute(_FIRST_UNREAD).fetchone()
    return None if row is None else bytes(row[0])


def mark_read(sp: Connection) -> None:
    """Everything was seen."""
    sp.execute(_READ)


def shown_missing(sp: Connection, device: bytes) -> int:
    """How many missing messages of a device the conversation tells of. Reads every row."""
    return int(sp.execute(_SHOWN_MISSING, {"device": device}).fetchall()[0][0])


def mend_missing(sp: Connection, device: bytes, sender_seq: int) -> None:
    """A missing message arrived late: the line after it, or else the first, counts one less."""
    sp.execute(_MEND_MISSING, {"device": device, "seq": sender_seq})


def expect(sp: Connection, message: bytes, users: Iterable[bytes]) -> None:
    """Note whose receipts complete a message."""
    sp.executemany(_EXPECT, [{"message": message, "user": user} for user in users])


def mark_delivered(sp: Connection, message: bytes, user: bytes, at: int, receipt: bytes) -> bool:
    """Note a person's signed receipt, the first one; True when all have the message now."""
    row = {"message": message, "user": user, "at": at, "receipt": receipt}
    sp.execute(_DELIVERED, row)
    expected, missing = sp.execute(_MISSING, {"message": message}).fetchall()[0]
    return bool(expected) and not missing


def deliveries(sp: Connection, message: bytes) -> list[tuple[bytes, int | None]]:
    """(user, when received or None) of everybody a message was addressed to."""
    return [(bytes(u), at) for u, at in sp.execute(_DELIVERIES, {"message": message}).fetchall()]


def forget_expected(sp: Connection, message: bytes, user: bytes) -> None:
    """The receipt of a removed member is not waited for; one that came stays."""
    sp.execute(_FORGET_EXPECTED, {"message": message, "user": user})


def _record(row: tuple[Any, ...]) -> MessageRecord:
    columns = dict(zip(rows.names(MessageRecord), row, strict=True))
    columns["audience"] = split_ids(columns["audience"])
    columns["unread"] = bool(columns["unread"])
    columns["mentions_me"] = bool(columns["mentions_me"])
    return MessageRecord(**columns)


def split_ids(joined: bytes) -> tuple[bytes, ...]:
    """Ids that stand one after another in a column."""
    return tuple(joined[at : at + ID_BYTES] for at in range(0, len(joined), ID_BYTES))
