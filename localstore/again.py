"""What may have to be sent once more, and what has to be asked for once more (space.db).

The sender's side: what was sent, under which number to whom. The reader's side: what came and did
not open, and which numbers never came (`chains.py` holds the gaps). Both sides: how often, so that
neither can be made to go on without end. Spec: docs/protocol/40-messages.md §7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from localstore import rows
from localstore.connection import Connection

MAX_UNOPENED: Final = 256
"""Messages of one device that are remembered; a store could make up any number."""
NEVER: Final = 2**62
"""When something is tried again that was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """One message as it was given to one device; the key message has `pair_seq` 0."""

    message: bytes
    body: bytes = field(repr=False)
    key_msg: bytes = field(repr=False)
    user: bytes
    device: bytes
    pair_seq: int
    again: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnopenedRow:
    """A message that came from a device and could not be taken.

    `reset`: no session opened it; `tries`: how often it was asked for.
    """

    device: bytes
    message: bytes
    reset: bool
    at: int
    tries: int
    next_try: int


_KEEP: Final = (
    "INSERT INTO sent (message, body, key_msg, at) VALUES (:message, :body, :key_msg, :now)"
)
_KEEP_TO: Final = """
    INSERT INTO sent_to (message, user, device, pair_seq)
    SELECT message, :user, :device, :pair_seq FROM sent WHERE message = :message
    ON CONFLICT (message, device) DO UPDATE SET pair_seq = :pair_seq"""
_NUMBER: Final = "SELECT pair_seq FROM sent_to WHERE message = :message AND device = :device"
_SENT: Final = """
    SELECT s.message, s.body, s.key_msg, t.user, t.device, t.pair_seq, t.again
    FROM sent_to t JOIN sent s USING (message) WHERE t.device = :device"""
_SENT_ONE: Final = f"{_SENT} AND t.message = :message"
_SENT_RANGE: Final = f"""{_SENT} AND t.pair_seq BETWEEN :first AND :last
    ORDER BY t.pair_seq LIMIT :limit"""
_AGAIN: Final = """
    UPDATE sent_to SET again = again + 1 WHERE message = :message AND device = :device"""
_REPLACE: Final = "UPDATE sent SET key_msg = :key_msg WHERE message = :message"
_FORGET_SENT: Final = "DELETE FROM sent WHERE at < :before"
_REMEMBER: Final = """
    INSERT OR IGNORE INTO unopened (device, message, reset, at)
    SELECT :device, :message, :reset, :now
    WHERE (SELECT count(*) FROM unopened WHERE device = :device) < :most"""
_ARRIVED: Final = "DELETE FROM unopened WHERE device = :device AND message = :message"
_UNOPENED: Final = rows.selection(
    UnopenedRow,
    """FROM unopened WHERE device = :device AND next_try <= :now
    ORDER BY at, message LIMIT :limit""",
)
_IS_UNOPENED: Final = """
    SELECT EXISTS (SELECT 1 FROM unopened WHERE device = :device AND message = :message)"""
_ASKED: Final = """
    UPDATE unopened SET tries = tries + 1, next_try = :next_try
    WHERE device = :device AND message = :message"""
_NOTE: Final = "INSERT INTO notice (device, kind, at) VALUES (:device, :kind, :now)"
_NOTES: Final = """
    SELECT count(*) FROM notice WHERE device = :device AND kind = :kind AND at > :since"""
_FORGET_NOTES: Final = "DELETE FROM notice WHERE at < :before"


def keep(sp: Connection, message: bytes, body: bytes, key_msg: bytes, now: int) -> None:
    """Keep a sealed message so that it can be given to a device once more."""
    sp.execute(_KEEP, {"message": message, "body": body, "key_msg": key_msg, "now": now})


def keep_to(sp: Connection, message: bytes, user: bytes, device: bytes, pair_seq: int) -> None:
    """Note under which number a device was given a kept message."""
    row = {"message": message, "user": user, "device": device, "pair_seq": pair_seq}
    sp.execute(_KEEP_TO, row)


def number(sp: Connection, message: bytes, device: bytes) -> int | None:
    """Under which number a device was given a message, or None when it was not yet."""
    row = sp.execute(_NUMBER, {"message": message, "device": device}).fetchone()
    return None if row is None else int(row[0])


def sent(sp: Connection, device: bytes, message: bytes) -> SentRow | None:
    """A message as a device was given it, or None when it never was or is long past."""
    row = sp.execute(_SENT_ONE, {"device": device, "message": message}).fetchone()
    return None if row is None else rows.build(SentRow, row)


def sent_between(sp: Connection, device: bytes, first: int, last: int, limit: int) -> list[SentRow]:
    """What a device was given under the numbers `first` to `last`, at most `limit`."""
    values = {"device": device, "first": first, "last": last, "limit": limit}
    return [rows.build(SentRow, row) for row in sp.execute(_SENT_RANGE, values).fetchall()]


def sent_again(sp: Connection, message: bytes, device: bytes) -> None:
    """Count that it is sent to the device once more."""
    sp.execute(_AGAIN, {"message": message, "device": device})


def replace_key(sp: Connection, message: bytes, key_msg: bytes) -> None:
    """A kept message stands at another place of the own chain now."""
    sp.execute(_REPLACE, {"message": message, "key_msg": key_msg})


def remember_unopened(
    sp: Connection, device: bytes, message: bytes, now: int, *, reset: bool
) -> bool:
    """Note that a message was not taken; False when there are too many of that device already."""
    row = {"device": device, "message": message, "reset": reset, "now": now, "most": MAX_UNOPENED}
    sp.execute(_REMEMBER, row)
    return bool(sp.execute(_IS_UNOPENED, row).fetchall()[0][0])


def arrived(sp: Connection, device: bytes, message: bytes) -> None:
    """It opened after all, or is given up."""
    sp.execute(_ARRIVED, {"device": device, "message": message})


def unopened(sp: Connection, device: bytes, now: int, limit: int) -> list[UnopenedRow]:
    """What of a device did not open and may be asked for now, oldest first."""
    values = {"device": device, "now": now, "limit": limit}
    return [rows.build(UnopenedRow, row) for row in sp.execute(_UNOPENED, values).fetchall()]


def asked(sp: Connection, device: bytes, message: bytes, next_try: int) -> None:
    """It was asked for, and may be again at `next_try`."""
    sp.execute(_ASKED, {"device": device, "message": message, "next_try": next_try})


def note(sp: Connection, device: bytes, kind: str, now: int) -> None:
    """Note one act with a device: `asked`, `reset` (asked with a forced start) or `answered`."""
    sp.execute(_NOTE, {"device": device, "kind": kind, "now": now})


def notes(sp: Connection, device: bytes, kind: str, since: int) -> int:
    """How many such acts there were after `since`."""
    values = {"device": device, "kind": kind, "since": since}
    return int(sp.execute(_NOTES, values).fetchall()[0][0])


def forget(sp: Connection, *, sent_before: int, notes_before: int) -> None:
    """Drop what is too old to be asked for, and acts that no limit counts any more."""
    rows.require_transaction(sp)
    sp.execute(_FORGET_SENT, {"before": sent_before})
    sp.execute(_FORGET_NOTES, {"before": notes_before})
