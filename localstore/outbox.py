"""What waits to be posted: one sealed body and the exact envelope bytes per device (space.db).

An envelope without bytes waits for a session. A message is posted when all of its envelopes are
sealed, so that a crash repeats the same bytes and never seals twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from localstore import rows
from localstore.connection import Connection

BATCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """One message to post. `state`: waiting or refused."""

    message: bytes
    body: bytes = field(repr=False)
    content_key: bytes = field(repr=False)  # 32 B
    key_msg: bytes = field(repr=False)  # packed
    next_try: int
    tries: int
    state: str


_ADD: Final = rows.insertion("outgoing", OutboxRecord)
_ADD_ENVELOPE: Final = """
    INSERT INTO outgoing_envelope (message, device, user) VALUES (:message, :device, :user)"""
_SAVE_ENVELOPE: Final = """
    UPDATE outgoing_envelope SET envelope = :envelope
    WHERE message = :message AND device = :device AND envelope IS NULL"""
_UNSEALED: Final = """
    SELECT e.message, e.user, e.device FROM outgoing_envelope e JOIN outgoing o USING (message)
    WHERE e.envelope IS NULL AND o.state = 'waiting' ORDER BY o.position, e.device"""
_ONE: Final = rows.selection(OutboxRecord, "FROM outgoing WHERE message = :message")
_WAITING_FOR: Final = """
    SELECT o.message FROM outgoing o JOIN outgoing_envelope e USING (message)
    WHERE e.device = :device AND o.state = 'waiting' ORDER BY o.position"""
_READY: Final = rows.selection(
    OutboxRecord,
    """FROM outgoing AS o WHERE state = 'waiting' AND next_try <= :now AND NOT EXISTS (
        SELECT 1 FROM outgoing_envelope e WHERE e.message = o.message AND e.envelope IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM outgoing p
        WHERE p.state = 'waiting' AND p.next_try > :now AND p.position < o.position)
    ORDER BY position LIMIT :limit""",
)
_ENVELOPES: Final = """
    SELECT user, device, envelope FROM outgoing_envelope WHERE message = :message ORDER BY device"""
_POSTPONE: Final = "UPDATE outgoing SET next_try = :until, tries = :tries WHERE message = :message"
_DROP_RECIPIENT: Final = """
    DELETE FROM outgoing_envelope WHERE message = :message AND device = :device"""
_REMOVE: Final = "DELETE FROM outgoing WHERE message = :message"
_REFUSE: Final = "UPDATE outgoing SET state = 'refused' WHERE message = :message"
_WAITING: Final = "SELECT count(*) FROM outgoing WHERE state = 'waiting'"
_UNSENT: Final = "SELECT message FROM outgoing WHERE state = 'waiting' ORDER BY position"
_QUEUE_RECEIPT: Final = "INSERT INTO pending_receipt (to_user, signed) VALUES (:user, :signed)"
_QUEUED_RECEIPTS: Final = "SELECT to_user, id, signed FROM pending_receipt ORDER BY id"
_DROP_RECEIPT: Final = "DELETE FROM pending_receipt WHERE id = :id"


def add_outgoing(
    sp: Connection, record: OutboxRecord, devices: Iterable[tuple[bytes, bytes]]
) -> None:
    """Put a message into the outbox with an unsealed envelope for each (user, device)."""
    rows.require_transaction(sp)
    sp.execute(_ADD, rows.values(record))
    sp.executemany(
        _ADD_ENVELOPE,
        [{"message": record.message, "user": user, "device": device} for user, device in devices],
    )


def save_envelope(sp: Connection, message: bytes, device: bytes, envelope: bytes) -> None:
    """Keep the exact bytes for one device; sealed once, they are never replaced."""
    sp.execute(_SAVE_ENVELOPE, {"message": message, "device": device, "envelope": envelope})


def unsealed(sp: Connection) -> list[tuple[bytes, bytes, bytes]]:
    """(message, user, device) of every envelope that waits for a session, oldest first."""
    return [(bytes(m), bytes(u), bytes(d)) for m, u, d in sp.execute(_UNSEALED).fetchall()]


def outgoing(sp: Connection, message: bytes) -> OutboxRecord | None:
    """One message of the outbox, or None."""
    row = sp.execute(_ONE, {"message": message}).fetchone()
    return None if row is None else rows.build(OutboxRecord, row)


def waiting_for(sp: Connection, device: bytes) -> list[bytes]:
    """Messages that wait to be posted to one device, among others."""
    return [bytes(row[0]) for row in sp.execute(_WAITING_FOR, {"device": device}).fetchall()]


def ready(
    sp: Connection, now: int, limit: int = BATCH
) -> list[tuple[OutboxRecord, list[tuple[bytes, bytes, bytes]]]]:
    """Messages to post now, oldest first, each with its (user, device, envelope bytes).

    None behind one that was postponed: messages of a space do not overtake each other.
    """
    found = sp.execute(_READY, {"now": now, "limit": limit}).fetchall()
    records = [rows.build(OutboxRecord, row) for row in found]
    return [(record, _envelopes(sp, record.message)) for record in records]


def postpone(sp: Connection, message: bytes, until: int, tries: int) -> None:
    """Try again at `until`."""
    sp.execute(_POSTPONE, {"message": message, "until": until, "tries": tries})


def drop_recipient(sp: Connection, message: bytes, device: bytes) -> None:
    """Leave out a device of somebody who is no longer a member."""
    sp.execute(_DROP_RECIPIENT, {"message": message, "device": device})


def remove_outgoing(sp: Connection, message: bytes) -> None:
    """The store has it: drop the sealed bytes and the content key."""
    sp.execute(_REMOVE, {"message": message})


def refuse_outgoing(sp: Connection, message: bytes) -> None:
    """The store refused it for good: keep it, never post it again."""
    sp.execute(_REFUSE, {"message": message})


def waiting(sp: Connection) -> int:
    """How many messages wait to be posted."""
    return int(sp.execute(_WAITING).fetchall()[0][0])


def unsent(sp: Connection) -> list[bytes]:
    """The messages that wait to be posted, oldest first."""
    return [bytes(row[0]) for row in sp.execute(_UNSENT).fetchall()]


def queue_receipt(sp: Connection, to_user: bytes, signed: bytes) -> None:
    """Owe somebody a signed receipt."""
    sp.execute(_QUEUE_RECEIPT, {"user": to_user, "signed": signed})


def queued_receipts(sp: Connection) -> dict[bytes, list[tuple[int, bytes]]]:
    """(id, signed receipt) owed, by person, in the order they were signed."""
    owed: dict[bytes, list[tuple[int, bytes]]] = {}
    for user, number, signed in sp.execute(_QUEUED_RECEIPTS).fetchall():
        owed.setdefault(bytes(user), []).append((int(number), bytes(signed)))
    return owed


def drop_receipts(sp: Connection, ids: Iterable[int]) -> None:
    """They stand in a message now."""
    sp.executemany(_DROP_RECEIPT, [{"id": number} for number in ids])


def _envelopes(sp: Connection, message: bytes) -> list[tuple[bytes, bytes, bytes]]:
    found = sp.execute(_ENVELOPES, {"message": message}).fetchall()
    return [(bytes(user), bytes(device), bytes(data)) for user, device, data in found]
