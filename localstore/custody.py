"""The custody log of a space on this device: a hash chain of what happened (space.db).

    hash = SHA-256("jitc/v1/custody" 0x00 | seq 8 | at 8 | 4 x (length 4 | UTF-8) | prev 32)

with kind, actor, subject, detail as the four texts, integers big-endian. Triggers of the database
refuse changes; the chain shows those made around them.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Final, Protocol

from localstore import rows
from localstore.connection import Connection

ZERO_HEAD: Final = bytes(32)
_LABEL: Final = b"jitc/v1/custody\x00"


class Exhibit(Protocol):
    """What an event may be about: its name stands in the chain."""

    @property
    def name(self) -> str:
        """As it stands in the chain."""

    @property
    def file(self) -> bytes:
        """Its id, 16 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyRecord:
    """One event; `prev` is the hash of the one before, zeros for the first."""

    seq: int
    kind: str
    actor: str
    subject: str
    detail: str
    at: int
    prev: bytes
    hash: bytes


_ADD: Final = rows.insertion("custody", CustodyRecord)
_ALL: Final = rows.selection(CustodyRecord, "FROM custody ORDER BY seq")
_AFTER: Final = rows.selection(CustodyRecord, "FROM custody WHERE seq > :seq ORDER BY seq")
_OF: Final = rows.selection(
    CustodyRecord,
    "FROM custody WHERE seq IN (SELECT seq FROM custody_of WHERE file = :file) ORDER BY seq",
)
_ADD_OF: Final = "INSERT INTO custody_of (seq, file) VALUES (:seq, :file)"
_COUNT: Final = """
    SELECT count(*) FROM custody WHERE kind = :kind AND actor = :actor AND detail = :detail"""
_LAST: Final = "SELECT at FROM custody WHERE kind = :kind ORDER BY seq DESC LIMIT 1"
_HEAD: Final = "SELECT seq, hash FROM custody_head"
_SET_HEAD: Final = "INSERT OR REPLACE INTO custody_head (one, seq, hash) VALUES (1, :seq, :hash)"


def append(
    sp: Connection, kind: str, actor: str, subject: str | Exhibit, detail: str, at: int
) -> CustodyRecord:
    """Add an event to the end of the chain; one about an exhibit is found by it again.

    Raises:
        BugError: outside a transaction; the event and the head must move together.
    """
    rows.require_transaction(sp)
    name = subject if isinstance(subject, str) else subject.name
    last, prev = head(sp)
    seq = last + 1
    event = CustodyRecord(
        seq=seq,
        kind=kind,
        actor=actor,
        subject=name,
        detail=detail,
        at=at,
        prev=prev,
        hash=_hash(seq, at, (kind, actor, name, detail), prev),
    )
    sp.execute(_ADD, rows.values(event))
    sp.execute(_SET_HEAD, {"seq": seq, "hash": event.hash})
    if not isinstance(subject, str):
        sp.execute(_ADD_OF, {"seq": seq, "file": subject.file})
    return event


def count(sp: Connection, kind: str, actor: str, detail: str) -> int:
    """How many events of a kind, by one actor, have this detail."""
    found = sp.execute(_COUNT, {"kind": kind, "actor": actor, "detail": detail}).fetchall()
    return int(found[0][0])


def last(sp: Connection, kind: str) -> int | None:
    """When an event of this kind happened last; None: never."""
    found = sp.execute(_LAST, {"kind": kind}).fetchone()
    return None if found is None else int(found[0])


def events(sp: Connection) -> list[CustodyRecord]:
    """Every event, oldest first."""
    return [rows.build(CustodyRecord, row) for row in sp.execute(_ALL).fetchall()]


def events_of(sp: Connection, file: bytes) -> list[CustodyRecord]:
    """Every event about one exhibit, oldest first."""
    return [rows.build(CustodyRecord, row) for row in sp.execute(_OF, {"file": file}).fetchall()]


def head(sp: Connection) -> tuple[int, bytes]:
    """Number and hash of the last event; (0, zeros) of an empty log."""
    row = sp.execute(_HEAD).fetchone()
    return (0, ZERO_HEAD) if row is None else (int(row[0]), bytes(row[1]))


def verify_chain(sp: Connection, since: tuple[int, bytes] = (0, ZERO_HEAD)) -> int | None:
    """The number of the first event that is changed or missing, or None when all stand.

    `since`: number and hash of an event up to which it was verified before; followed from there.
    """
    expected, prev = since[0] + 1, since[1]
    for row in sp.execute(_AFTER, {"seq": since[0]}):
        event = rows.build(CustodyRecord, row)
        texts = (event.kind, event.actor, event.subject, event.detail)
        if event.prev != prev or event.hash != _hash(expected, event.at, texts, prev):
            return expected
        prev, expected = event.hash, expected + 1
    return None if head(sp) == (expected - 1, prev) else expected


def _hash(seq: int, at: int, texts: tuple[str, ...], prev: bytes) -> bytes:
    digest = hashlib.sha256(_LABEL + struct.pack(">QQ", seq, at))
    for text in texts:
        data = text.encode()
        digest.update(struct.pack(">I", len(data)) + data)
    digest.update(prev)
    return digest.digest()
