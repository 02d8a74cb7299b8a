"""Threads: what answers one message, and what answers that (space.db).

A thread is found on this device from what each text answers; nothing of it travels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from localstore.connection import Connection
from localstore.messages import MessageRecord, message

_MOVE: Final = "UPDATE message SET thread = :root WHERE thread = :was"
# The condition is spelt as in the index message_thread, or SQLite would not use it.
_IDS: Final = """
    SELECT message FROM message WHERE thread = :root AND thread IS NOT NULL
    ORDER BY log_seq DESC, lamport DESC, author_device DESC, position DESC LIMIT :limit"""
_STANDING: Final = """
    SELECT count(*), coalesce(sum(unread), 0) FROM message
    WHERE thread = :root AND thread IS NOT NULL"""
_LATEST: Final = """
    SELECT thread, log_seq, lamport, author_device, position FROM message INDEXED BY message_answers
    WHERE thread IS NOT NULL
    ORDER BY log_seq DESC, lamport DESC, author_device DESC, position DESC LIMIT :limit"""
_EARLIER: Final = """
    SELECT thread, log_seq, lamport, author_device, position FROM message INDEXED BY message_answers
    WHERE thread IS NOT NULL
    AND (log_seq, lamport, author_device, position) < (:log_seq, :lamport, :device, :position)
    ORDER BY log_seq DESC, lamport DESC, author_device DESC, position DESC LIMIT :limit"""
_AT: Final = "SELECT message FROM message WHERE position = :position"
_DRAFT: Final = "SELECT text FROM thread_draft WHERE thread = :root"
_KEEP: Final = "INSERT OR REPLACE INTO thread_draft (thread, text) VALUES (:root, :text)"
_DROP: Final = "DELETE FROM thread_draft WHERE thread = :root"


@dataclass(frozen=True, slots=True)
class Standing:
    """How many answers a thread has, and how many of them nobody has seen here."""

    answers: int
    unread: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its thread, and where it stands in the order of reading."""

    root: bytes
    place: tuple[int, int, bytes, int]


def root_of(sp: Connection, own: bytes, answers: bytes | None) -> bytes | None:
    """Which thread a message is part of that answers another one.

    Of what is not here yet it is taken for the first; `came` mends that.
    """
    if answers is None or answers == own:
        return None
    row = message(sp, answers)
    root = answers if row is None or row.thread is None else row.thread
    return None if root == own else root


def came(sp: Connection, own: bytes, root: bytes | None) -> None:
    """A message is here: what was taken to begin with it belongs where it belongs itself."""
    if root is not None:
        sp.execute(_MOVE, {"root": root, "was": own})


def standing(sp: Connection, root: bytes) -> Standing:
    """How a thread stands. Reads its rows in an index and no others."""
    answers, unread = sp.execute(_STANDING, {"root": root}).fetchall()[0]
    return Standing(int(answers), int(unread))


def of(sp: Connection, root: bytes, limit: int) -> list[MessageRecord]:
    """The newest `limit` answers of a thread, oldest first."""
    ids = sp.execute(_IDS, {"root": root, "limit": limit}).fetchall()
    found = (message(sp, one) for (one,) in reversed(ids))
    return [one for one in found if one is not None]


def latest(
    sp: Connection, limit: int, below: tuple[int, int, bytes, int] | None = None
) -> list[Answer]:
    """The newest `limit` answers of all threads, or those below a place; newest first.

    Reads an index and no rows.
    """
    if below is None:
        found = sp.execute(_LATEST, {"limit": limit}).fetchall()
    else:
        log_seq, lamport, device, position = below
        where = {"log_seq": log_seq, "lamport": lamport, "device": device, "position": position}
        found = sp.execute(_EARLIER, {**where, "limit": limit}).fetchall()
    return [
        Answer(bytes(root), (seq, lamp, bytes(dev), pos)) for root, seq, lamp, dev, pos in found
    ]


def message_at(sp: Connection, position: int) -> MessageRecord | None:
    """The message of a row."""
    row = sp.execute(_AT, {"position": position}).fetchone()
    return None if row is None else message(sp, row[0])


def draft(sp: Connection, root: bytes) -> str:
    """What is being written in a thread; empty: nothing."""
    row = sp.execute(_DRAFT, {"root": root}).fetchone()
    return "" if row is None else str(row[0])


def keep_draft(sp: Connection, root: bytes, text: str) -> None:
    """Keep what is being written; an empty text is no draft."""
    if text.strip():
        sp.execute(_KEEP, {"root": root, "text": text})
    else:
        sp.execute(_DROP, {"root": root})
