"""Where every sender's chain of messages stands, what is missing in it, and counters (space.db)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from localstore import rows
from localstore.connection import Connection
from protocol.errors import BugError

ZERO_HEAD: Final = bytes(32)
LAMPORT_CEILING: Final = 2**53
"""A peer's counter beyond this is not followed: it would leave us no room to count."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of a device that never came; `tries`: how often they were asked for."""

    first: int
    last: int
    tries: int
    next_try: int


@dataclass(frozen=True, slots=True)
class Link:
    """One message in the chain of its sender."""

    device: bytes
    seq: int
    message: bytes
    prev: bytes  # 32 B
    head: bytes  # 32 B
    digest: bytes  # 32 B: of its body


_OWN: Final = b""
_CHAIN: Final = "SELECT seq, head FROM chain WHERE device = :device"
_ADVANCE: Final = """
    INSERT INTO chain (device, seq, head) VALUES (:device, :seq, :head)
    ON CONFLICT (device) DO UPDATE SET seq = :seq, head = :head WHERE seq < :seq"""
_PEERS: Final = "SELECT device, seq, head FROM chain WHERE device <> x'' ORDER BY device"
_NOTE_GAP: Final = """
    INSERT OR REPLACE INTO gap (device, first, last, tries, next_try)
    VALUES (:device, :first, :last, :tries, :next_try)"""
_GAP_STATES: Final = """
    SELECT first, last, tries, next_try FROM gap WHERE device = :device ORDER BY first"""
_ASKED_GAP: Final = """
    UPDATE gap SET tries = tries + 1, next_try = :next_try
    WHERE device = :device AND first = :first"""
_REVIVE: Final = """
    UPDATE gap SET tries = min(tries, :tries), next_try = 0 WHERE device = :device"""
_ADD_LINK: Final = """
    INSERT INTO link (device, seq, message, prev, head, digest, at)
    VALUES (:device, :seq, :message, :prev, :head, :digest, :now)"""
_LINKS: Final = """
    SELECT device, seq, message, prev, head, digest FROM link
    WHERE device = :device AND seq BETWEEN :first AND :last ORDER BY seq"""
_LINK_OF: Final = """
    SELECT device, seq, message, prev, head, digest FROM link WHERE message = :message"""
_FORGET_LINKS: Final = "DELETE FROM link WHERE at < :before"
_GAPS: Final = "SELECT first, last FROM gap WHERE device = :device ORDER BY first"
_GAP_AROUND: Final = """
    DELETE FROM gap WHERE device = :device AND first = (
        SELECT max(first) FROM gap WHERE device = :device AND first <= :seq)
    AND last >= :seq RETURNING first, last, tries, next_try"""
_NEXT_LAMPORT: Final = """
    INSERT INTO lamport (one, value) VALUES (1, 1)
    ON CONFLICT (one) DO UPDATE SET value = value + 1 RETURNING value"""
_WITNESS: Final = """
    INSERT INTO lamport (one, value) VALUES (1, :value)
    ON CONFLICT (one) DO UPDATE SET value = :value WHERE value < :value"""
_RECEIPT: Final = "SELECT seq, head FROM receipt_chain"
_ADVANCE_RECEIPT: Final = """
    INSERT INTO receipt_chain (one, seq, head) VALUES (1, :seq, :head)
    ON CONFLICT (one) DO UPDATE SET seq = :seq, head = :head"""


def next_own(sp: Connection) -> tuple[int, bytes]:
    """The number and `prev` of this device's next message here: (1, zeros) for the first."""
    row = sp.execute(_CHAIN, {"device": _OWN}).fetchone()
    return (1, ZERO_HEAD) if row is None else (int(row[0]) + 1, bytes(row[1]))


def advance_own(sp: Connection, seq: int, head: bytes) -> None:
    """Note the message just written; `head` is the chain's new head (32 B).

    Raises:
        BugError: it is not the next one; two messages must never bear one number.
    """
    if seq != next_own(sp)[0]:
        raise BugError(f"Own message {seq} is not the next one.")
    sp.execute(_ADVANCE, {"device": _OWN, "seq": seq, "head": head})


def catch_up_own(sp: Connection, seq: int, head: bytes) -> None:
    """Go on behind what this device sent before its data was put back to an older state."""
    sp.execute(_ADVANCE, {"device": _OWN, "seq": seq, "head": head})


def peer_chain(sp: Connection, device: bytes) -> tuple[int, bytes] | None:
    """(number, head) of the last message of another device, or None before its first."""
    row = sp.execute(_CHAIN, {"device": device}).fetchone()
    return None if row is None else (int(row[0]), bytes(row[1]))


def advance_peer(sp: Connection, device: bytes, seq: int, head: bytes) -> None:
    """Note another device's newest message.

    Raises:
        BugError: the chain would go back.
    """
    if sp.execute(_ADVANCE, {"device": device, "seq": seq, "head": head}).rowcount != 1:
        raise BugError("The chain of a sender never goes back.")


def last_sender_seqs(sp: Connection) -> dict[bytes, tuple[int, bytes]]:
    """(number, head) of every other device's last message: what a removal cuts at."""
    return {bytes(d): (int(s), bytes(h)) for d, s, h in sp.execute(_PEERS).fetchall()}


def note_gap(
    sp: Connection, device: bytes, from_seq: int, to_seq: int, tries: int = 0, next_try: int = 0
) -> None:
    """Note that messages `from_seq` to `to_seq`, both included, have not arrived."""
    row = {"device": device, "first": from_seq, "last": to_seq}
    sp.execute(_NOTE_GAP, {**row, "tries": tries, "next_try": next_try})


def gap_states(sp: Connection, device: bytes) -> list[Gap]:
    """What is missing of a device and how often it was asked for, in order."""
    found = sp.execute(_GAP_STATES, {"device": device}).fetchall()
    return [Gap(*map(int, row)) for row in found]


def asked_gap(sp: Connection, device: bytes, first: int, next_try: int) -> None:
    """The gap that begins at `first` was asked for, and may be again at `next_try`."""
    sp.execute(_ASKED_GAP, {"device": device, "first": first, "next_try": next_try})


def revive_gaps(sp: Connection, device: bytes, tries: int) -> None:
    """What is missing of a device may be asked for now, as if `tries` askings were behind it."""
    sp.execute(_REVIVE, {"device": device, "tries": tries})


def add_link(sp: Connection, link: Link, now: int) -> None:
    """Note where a message stands; neither its place nor its id may be taken."""
    sp.execute(
        _ADD_LINK,
        {
            "device": link.device,
            "seq": link.seq,
            "message": link.message,
            "prev": link.prev,
            "head": link.head,
            "digest": link.digest,
            "now": now,
        },
    )


def links_around(sp: Connection, device: bytes, seq: int) -> dict[int, Link]:
    """What is known at a place of a sender's chain and at the places beside it."""
    values = {"device": device, "first": seq - 1, "last": seq + 1}
    found = (_link(row) for row in sp.execute(_LINKS, values).fetchall())
    return {link.seq: link for link in found}


def link_of(sp: Connection, message: bytes) -> Link | None:
    """Where a message stands, or None when it never came here."""
    row = sp.execute(_LINK_OF, {"message": message}).fetchone()
    return None if row is None else _link(row)


def _link(row: tuple[bytes, int, bytes, bytes, bytes, bytes]) -> Link:
    device, seq, message, prev, head, digest = row
    return Link(bytes(device), int(seq), bytes(message), bytes(prev), bytes(head), bytes(digest))


def forget_links(sp: Connection, before: int) -> None:
    """Drop what came before `before`: nothing that old is sent again."""
    sp.execute(_FORGET_LINKS, {"before": before})


def gaps(sp: Connection, device: bytes) -> list[tuple[int, int]]:
    """What is missing of a device: (first, last) ranges, in order."""
    return [(int(a), int(b)) for a, b in sp.execute(_GAPS, {"device": device}).fetchall()]


def close_gap(sp: Connection, device: bytes, seq: int) -> bool:
    """A missing message arrived late; False when it was not missing."""
    rows.require_transaction(sp)
    found = sp.execute(_GAP_AROUND, {"device": device, "seq": seq}).fetchall()
    if not found:
        return False
    first, last, tries, next_try = found[0]
    if first < seq:
        note_gap(sp, device, first, seq - 1, tries, next_try)
    if seq < last:
        note_gap(sp, device, seq + 1, last, tries, next_try)
    return True


def next_lamport(sp: Connection) -> int:
    """Draw the next value of the space's logical clock, from 1."""
    return int(sp.execute(_NEXT_LAMPORT).fetchall()[0][0])


def witness_lamport(sp: Connection, value: int) -> None:
    """Move the logical clock past a value seen in a message."""
    if 0 < value <= LAMPORT_CEILING:
        sp.execute(_WITNESS, {"value": value})


def next_receipt(sp: Connection) -> tuple[int, bytes]:
    """The number and `prev` of this device's next receipt here: (1, zeros) for the first."""
    row = sp.execute(_RECEIPT).fetchone()
    return (1, ZERO_HEAD) if row is None else (int(row[0]) + 1, bytes(row[1]))


def advance_receipt(sp: Connection, seq: int, head: bytes) -> None:
    """Note the receipt just signed; `head` is its record_hash.

    Raises:
        BugError: it is not the next one; two receipts must never bear one number.
    """
    if seq != next_receipt(sp)[0]:
        raise BugError(f"Receipt {seq} is not the next one.")
    sp.execute(_ADVANCE_RECEIPT, {"seq": seq, "head": head})
