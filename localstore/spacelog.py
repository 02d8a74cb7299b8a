"""The membership log, device lists and card of one space, as received and verified (space.db)."""

from __future__ import annotations

from typing import Final

from localstore.connection import Connection
from protocol.errors import LogForkError

_SAVE_ENTRY: Final = """
    INSERT INTO log_entry (seq, signed) VALUES (:seq, :signed)
    ON CONFLICT (seq) DO UPDATE SET seq = seq RETURNING signed"""
_ENTRIES: Final = "SELECT signed FROM log_entry WHERE seq >= :start ORDER BY seq"
_SAVE_LIST: Final = """
    INSERT OR IGNORE INTO device_list (user, head, signed) VALUES (:user, :head, :signed)"""
_LIST: Final = "SELECT signed FROM device_list WHERE user = :user AND head = :head"
_LISTS: Final = "SELECT user, signed FROM device_list ORDER BY user, head"
_SAVE_FORK: Final = """
    INSERT OR IGNORE INTO fork (seq, user, signed, at) VALUES (:seq, :user, :signed, :now)"""
_FORKS: Final = "SELECT seq, user, signed FROM fork ORDER BY length(signed) = 0, at, seq"
_SAVE_CARD: Final = """
    INSERT OR REPLACE INTO card (one, card_key, title, agreement)
    VALUES (1, :card_key, :title, :agreement)"""
_CARD: Final = "SELECT card_key, title, agreement FROM card"


def save_entry(sp: Connection, seq: int, signed: bytes) -> None:
    """Append a verified entry; saving the same bytes again changes nothing.

    Raises:
        LogForkError: another entry stands at `seq`; the first one stays.
    """
    stands = sp.execute(_SAVE_ENTRY, {"seq": seq, "signed": signed}).fetchall()[0][0]
    if stands != signed:
        raise LogForkError("Two different membership logs for one space exist.")


def entries(sp: Connection, start: int = 0) -> list[bytes]:
    """Signed entries from number `start` on, in order."""
    return [bytes(row[0]) for row in sp.execute(_ENTRIES, {"start": start}).fetchall()]


def save_device_list(sp: Connection, user: bytes, head: bytes, signed: bytes) -> None:
    """Keep the signed device list of a member that a log entry names by its hash (32 B)."""
    sp.execute(_SAVE_LIST, {"user": user, "head": head, "signed": signed})


def device_list(sp: Connection, user: bytes, head: bytes) -> bytes | None:
    """One signed device list by its hash, or None when no entry so far named it."""
    row = sp.execute(_LIST, {"user": user, "head": head}).fetchone()
    return None if row is None else bytes(row[0])


def device_lists(sp: Connection) -> list[tuple[bytes, bytes]]:
    """(user, signed) of every device list that the log ever named, of everyone ever a member."""
    return [(bytes(user), bytes(signed)) for user, signed in sp.execute(_LISTS).fetchall()]


def save_card(sp: Connection, card_key: bytes, title: str, agreement: str) -> None:
    """Store what the space is called, with the key (32 B) that opens its sealed card."""
    sp.execute(_SAVE_CARD, {"card_key": card_key, "title": title, "agreement": agreement})


def card(sp: Connection) -> tuple[bytes, str, str] | None:
    """(card key, title, agreement), or None before the welcome arrived."""
    row = sp.execute(_CARD).fetchone()
    return None if row is None else (bytes(row[0]), str(row[1]), str(row[2]))


def save_fork(sp: Connection, seq: int, user: bytes, signed: bytes, now: int) -> None:
    """Keep what a member's device said about another log; `signed` empty: in a message only."""
    sp.execute(_SAVE_FORK, {"seq": seq, "user": user, "signed": signed, "now": now})


def forks(sp: Connection) -> list[tuple[int, bytes, bytes]]:
    """(number, user, signed) of every sign of another log, signed ones first."""
    return [(int(seq), bytes(u), bytes(s)) for seq, u, s in sp.execute(_FORKS).fetchall()]
