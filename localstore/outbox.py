"""What waits to be posted: one sealed body and the exact envelope bytes per device (space.db).

An envelope without bytes waits for a session. A message is posted when no envelope waits for the
first try to get one; those whose try has failed follow later, as late envelopes of the message.
So do those for whose device the store had no room: one of them is offered again from time to time,
and the others for that device wait behind it, while everybody else's go. Sealed bytes are kept
until the store has them: a crash repeats them and never seals twice.
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
    """One message to post.

    `state`: waiting; late, when the store has it and only envelopes remain that have no session,
    or no room there; or refused.
    """

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
_ADD_AGAIN: Final = """
    INSERT OR REPLACE INTO outgoing_envelope (message, device, user)
    VALUES (:message, :device, :user)"""
_REKEY: Final = "UPDATE outgoing SET key_msg = :key_msg WHERE message = :message"
_SAVE_ENVELOPE: Final = """
    UPDATE outgoing_envelope SET envelope = :envelope
    WHERE message = :message AND device = :device AND envelope IS NULL"""
_UNSEALED: Final = """
    SELECT e.message, e.user, e.device FROM outgoing_envelope e JOIN outgoing o USING (message)
    WHERE e.envelope IS NULL AND o.state <> 'refused' ORDER BY o.position, e.device"""
_ONE: Final = rows.selection(OutboxRecord, "FROM outgoing WHERE message = :message")
_WAITING_FOR: Final = """
    SELECT o.message FROM outgoing o JOIN outgoing_envelope e USING (message)
    WHERE e.device = :device AND o.state <> 'refused' ORDER BY o.position"""
# Nothing behind a message that was postponed, or that has an envelope never tried: messages of a
# space do not overtake each other. The first such position is looked up once, not for each row.
# An envelope for a device without room waits for its own time, and what follows it for its end.
_OFFERED: Final = """e.envelope IS NOT NULL AND e.next_try <= :now AND NOT EXISTS (
    SELECT 1 FROM outgoing_envelope f
    WHERE f.device = e.device AND f.full_tries > 0 AND f.message <> e.message)"""
_READY: Final = rows.selection(
    OutboxRecord,
    f"""FROM outgoing AS o WHERE o.state <> 'refused' AND o.position < coalesce((
        SELECT min(p.position) FROM outgoing p
        WHERE p.state <> 'refused' AND (p.next_try > :now OR EXISTS (
            SELECT 1 FROM outgoing_envelope e WHERE e.message = p.message AND e.envelope IS NULL
            AND NOT EXISTS (SELECT 1 FROM failed_claim f WHERE f.device = e.device)))
    ), o.position + 1) AND (
        EXISTS (SELECT 1 FROM outgoing_envelope e
            WHERE e.message = o.message AND {_OFFERED})
        OR NOT EXISTS (SELECT 1 FROM outgoing_envelope e WHERE e.message = o.message))
    ORDER BY o.position LIMIT :limit""",  # noqa: S608 - stands above
)
_ENVELOPES: Final = f"""
    SELECT e.user, e.device, e.envelope FROM outgoing_envelope e
    WHERE e.message = :message AND {_OFFERED} ORDER BY e.device"""  # noqa: S608 - as above
_KEEP_FULL: Final = """
    UPDATE OR IGNORE outgoing_envelope SET full_tries = :tries, next_try = :until
    WHERE message = :message AND envelope = :envelope"""
_FULL: Final = "SELECT device, full_tries FROM outgoing_envelope WHERE full_tries > 0"
_END_FULL: Final = """
    UPDATE outgoing_envelope SET full_tries = 0, next_try = 0
    WHERE message = :message AND full_tries > 0"""
_AWAITS: Final = """
    SELECT EXISTS (SELECT 1 FROM outgoing_envelope e JOIN outgoing o USING (message)
    WHERE e.device = :device AND e.envelope IS NULL AND o.state <> 'refused')"""
_CONCLUDE: Final = """
    DELETE FROM outgoing_envelope WHERE message = :message AND envelope = :envelope"""
_REMOVE_EMPTY: Final = """
    DELETE FROM outgoing WHERE message = :message
    AND NOT EXISTS (SELECT 1 FROM outgoing_envelope e WHERE e.message = :message)"""
_LATER: Final = """
    UPDATE outgoing SET state = 'late', next_try = 0, tries = 0
    WHERE message = :message AND state <> 'refused'"""
_GIVE_UP_LATE: Final = "DELETE FROM outgoing WHERE state = 'late'"
_POSTPONE: Final = "UPDATE outgoing SET next_try = :until, tries = :tries WHERE message = :message"
_DROP_RECIPIENT: Final = """
    DELETE FROM outgoing_envelope WHERE message = :message AND device = :device"""
_REMOVE: Final = "DELETE FROM outgoing WHERE message = :message"
_REFUSE: Final = "UPDATE outgoing SET state = 'refused' WHERE message = :message"
_WAITING: Final = "SELECT count(*) FROM outgoing WHERE state = 'waiting'"
_UNSENT: Final = "SELECT message FROM outgoing WHERE state = 'waiting' ORDER BY position"
_HELD: Final = """
    SELECT o.message, o.next_try, EXISTS (
        SELECT 1 FROM outgoing_envelope e WHERE e.message = o.message AND e.envelope IS NULL)
    FROM outgoing o WHERE o.state = 'waiting' ORDER BY o.position LIMIT :limit"""
_QUEUE_RECEIPT: Final = """
    INSERT INTO pending_receipt (to_user, receipt, is_signed) VALUES (:user, :receipt, 0)"""
_QUEUED_RECEIPTS: Final = "SELECT to_user, id, receipt, is_signed FROM pending_receipt ORDER BY id"
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


def send_again(sp: Connection, record: OutboxRecord, user: bytes, device: bytes) -> None:
    """Owe a device a fresh envelope of a message, whether or not the outbox still holds it.

    One that is sealed and not posted yet is replaced: the device said that it opens no such thing.
    """
    rows.require_transaction(sp)
    if outgoing(sp, record.message) is None:
        sp.execute(_ADD, rows.values(record))
    sp.execute(_REKEY, {"message": record.message, "key_msg": record.key_msg})
    sp.execute(_ADD_AGAIN, {"message": record.message, "device": device, "user": user})


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
    """Messages to post now, oldest first, each with its sealed (user, device, envelope bytes).

    None behind one that was postponed or waits for its first try: messages of a space do not
    overtake each other. Of a device without room only the first, when its time has come. One
    without envelopes has nobody left to go to.
    """
    found = sp.execute(_READY, {"now": now, "limit": limit}).fetchall()
    records = [rows.build(OutboxRecord, row) for row in found]
    return [(record, _envelopes(sp, record.message, now)) for record in records]


def postpone(sp: Connection, message: bytes, until: int, tries: int) -> None:
    """Try again at `until`."""
    sp.execute(_POSTPONE, {"message": message, "until": until, "tries": tries})


def drop_recipient(sp: Connection, message: bytes, device: bytes) -> None:
    """Leave out a device of somebody who is no longer a member."""
    sp.execute(_DROP_RECIPIENT, {"message": message, "device": device})


def conclude(sp: Connection, message: bytes, envelopes: Iterable[bytes]) -> None:
    """The store has these: drop them, and with the last one the body and the content key."""
    rows.require_transaction(sp)
    sp.executemany(_CONCLUDE, [{"message": message, "envelope": data} for data in envelopes])
    sp.execute(_REMOVE_EMPTY, {"message": message})
    sp.execute(_LATER, {"message": message})


def keep_full(sp: Connection, message: bytes, envelope: bytes, until: int, tries: int) -> None:
    """The store had no room for this one, `tries` times by now: offer it again at `until`.

    The message counts as at the store only with another envelope that was taken (`conclude`).
    """
    rows.require_transaction(sp)
    values = {"message": message, "envelope": envelope, "until": until, "tries": tries}
    sp.execute(_KEEP_FULL, values)


def full(sp: Connection) -> dict[bytes, int]:
    """The devices for which the store had no room, and how often it said so of the first."""
    return {bytes(device): int(tries) for device, tries in sp.execute(_FULL).fetchall()}


def give_up_late(sp: Connection) -> None:
    """Drop every late envelope: the messages are at the store, their last devices go without."""
    sp.execute(_GIVE_UP_LATE)


@dataclass(frozen=True, slots=True)
class OwedReceipt:
    """A receipt that has not left; `data` is its record, or `signed` already by an older build."""

    id: int
    data: bytes
    signed: bool


def awaits(sp: Connection, device: bytes) -> bool:
    """Whether an envelope for a device is not sealed yet: later ones must not overtake it."""
    return bool(sp.execute(_AWAITS, {"device": device}).fetchall()[0][0])


def remove_outgoing(sp: Connection, message: bytes) -> None:
    """Nobody is left to send it to: drop the sealed bytes and the content key."""
    sp.execute(_REMOVE, {"message": message})


def refuse_outgoing(sp: Connection, message: bytes) -> None:
    """The store refused it for good: keep it, never post it again; nothing waits behind it."""
    sp.execute(_REFUSE, {"message": message})
    sp.execute(_END_FULL, {"message": message})


def waiting(sp: Connection) -> int:
    """How many messages the store does not have yet."""
    return int(sp.execute(_WAITING).fetchall()[0][0])


def unsent(sp: Connection) -> list[bytes]:
    """The messages that the store does not have yet, oldest first."""
    return [bytes(row[0]) for row in sp.execute(_UNSENT).fetchall()]


def held(sp: Connection, limit: int) -> list[tuple[bytes, int, bool]]:
    """The first messages that the store does not have: id, next try, whether a key is missing."""
    found = sp.execute(_HELD, {"limit": limit}).fetchall()
    return [(bytes(one), int(until), bool(keyless)) for one, until, keyless in found]


def queue_receipt(sp: Connection, to_user: bytes, body: bytes) -> None:
    """Owe somebody a receipt: its encoded record, to be signed when it leaves."""
    sp.execute(_QUEUE_RECEIPT, {"user": to_user, "receipt": body})


def queued_receipts(sp: Connection) -> dict[bytes, list[OwedReceipt]]:
    """What is owed, by person, in the order of the chain."""
    owed: dict[bytes, list[OwedReceipt]] = {}
    for user, number, receipt, signed in sp.execute(_QUEUED_RECEIPTS).fetchall():
        one = OwedReceipt(int(number), bytes(receipt), signed=bool(signed))
        owed.setdefault(bytes(user), []).append(one)
    return owed


def drop_receipts(sp: Connection, ids: Iterable[int]) -> None:
    """They stand in a message now."""
    sp.executemany(_DROP_RECEIPT, [{"id": number} for number in ids])


def _envelopes(sp: Connection, message: bytes, now: int) -> list[tuple[bytes, bytes, bytes]]:
    found = sp.execute(_ENVELOPES, {"message": message, "now": now}).fetchall()
    return [(bytes(user), bytes(device), bytes(data)) for user, device, data in found]
