"""Years of work in one real space: a million messages and a hundred thousand exhibits (space.db).

The rows stand where the product would have put them, in its own schema and under its own key; what
only the network and the search need (bodies, chains, the index) is left out. Ids rise instead of
being random, which fills faster and reads the same.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from bench.vaulttexts import Texts
from jitclient.session import Session
from localstore import connection, messages, rows
from localstore.connection import Connection, transaction
from localstore.evidence import ExhibitRecord, joined
from localstore.messages import MessageRecord
from protocol.ids import MessageId, SpaceId

_BATCH: Final = 50_000
_TEXTS: Final = 20_000
_APART: Final = 90  # seconds between two messages: a million take three years
_FIRST: Final = 1_000  # the counters before are those of the real messages
_OWN_EVERY: Final = 5
_ANSWERS: Final = 300
EXHIBIT_EVERY: Final = 10


@dataclass(frozen=True)
class Filled:
    """Where to go: the message in the middle, and one with `_ANSWERS` answers near the end."""

    middle: MessageId
    root: MessageId


def fill(session: Session, space: SpaceId, count: int) -> Filled:
    """`count` messages, a tenth of which announce an exhibit. On the database thread."""
    sp = session.stores.space(space)
    authors = sp.execute(
        "SELECT DISTINCT author_user, author_device, author_user = ? FROM message"
        " WHERE kind = 'text' ORDER BY 3, 1",
        (session.user,),
    ).fetchall()
    log_seq = int(sp.execute("SELECT max(log_seq) FROM message").fetchall()[0][0])
    made = _Made(tuple(authors), log_seq, count)
    for table, record, every in (
        ("message", MessageRecord, made.messages()),
        ("exhibit", ExhibitRecord, made.exhibits()),
    ):
        _put(sp, rows.insertion(table, record), every)
    start = made.start
    everyone = tuple(bytes(user) for user, _, _ in authors)
    _put(
        sp,
        "INSERT INTO delivery (message, user, at, receipt) VALUES (:m, :u, :at, zeroblob(180))",
        (
            {"m": number(b"M", n), "u": user, "at": start + _APART * n}
            for n in range(0, count, _OWN_EVERY)
            for user in everyone[:-1]
        ),
    )
    _put(
        sp,
        "INSERT INTO exhibit_verified (file, user, at, receipt)"
        " VALUES (:f, :u, :at, zeroblob(180))",
        (
            {"f": number(b"F", n), "u": user, "at": start + _APART * n}
            for n in range(count // EXHIBIT_EVERY)
            for user in everyone[1:]
        ),
    )
    with transaction(sp):
        messages.witness_lamport(sp, _FIRST + count)
    connection.checkpoint(sp)
    return Filled(MessageId(number(b"M", count // 2)), MessageId(number(b"M", made.root)))


def number(kind: bytes, n: int) -> bytes:
    """The 16 bytes that name a filled message (M) or exhibit (F)."""
    return kind * 8 + n.to_bytes(8, "big")


class _Made:
    """The rows; the last author is the person of this device."""

    def __init__(
        self, authors: Sequence[tuple[bytes, bytes, int]], log_seq: int, count: int
    ) -> None:
        self._authors, self._log_seq, self._count = authors, log_seq, count
        texts = Texts()
        self._texts = [texts.text() for _ in range(min(_TEXTS, count))]
        self.start = int(time.time()) - _APART * (count + 1)
        self.root = count - 5 * _ANSWERS - 7

    def messages(self) -> Iterator[dict[str, Any]]:
        start = self.start
        for n in range(self._count):
            at, mine = start + _APART * n, n % _OWN_EVERY == 0
            user, device, _ = self._authors[-1 if mine else n % (len(self._authors) - 1)]
            exhibit = n % EXHIBIT_EVERY == 3
            answers = n > self.root and n % 5 == 1
            root = number(b"M", self.root) if answers else None
            yield {
                "message": number(b"M", n), "author_user": user, "author_device": device,
                "sender_seq": n, "lamport": _FIRST + n, "log_seq": self._log_seq,
                "kind": "exhibit" if exhibit else "text",
                "text": "" if exhibit else self._texts[n % len(self._texts)],
                "reply_to": root, "thread": root,
                "file": number(b"F", n // EXHIBIT_EVERY) if exhibit else None, "audience": b"",
                "state": "received" if mine else "incoming", "claimed_at": at,
                "received_at": at, "on_server_at": at if mine else None,
                "store_receipt": b"", "body_digest": bytes(32), "missing_before": 0, "problem": "",
                "unread": 0, "told_by": b"", "mentions_me": 0, "edited_at": None,
            }  # fmt: skip

    def exhibits(self) -> Iterator[dict[str, Any]]:
        start = self.start
        others = b"".join(bytes(user) for user, _, _ in self._authors[1:])
        for n in range(self._count // EXHIBIT_EVERY):
            facts = (("place", "Gdańsk"), ("title", f"Disk of the {n}th computer"))
            yield {
                "file": number(b"F", n), "message": number(b"M", EXHIBIT_EVERY * n + 3),
                "manifest": b"", "file_key": bytes(32), "salt": bytes(24), "name": f"{n}.E01",
                "mime": "", "exhibit": f"A-{n}", "size": 4096 + n,
                "sha256": hashlib.sha256(n.to_bytes(8, "big")).digest(),
                "author_user": self._authors[0][0], "mine": 0, "state": "verified",
                "sealed_total": 65536, "parts": 1, "source": b"", "source_stat": "",
                "recipients": others, "added_at": start + _APART * EXHIBIT_EVERY * n,
                "expires_at": None,
                "problem": "", "announced": 1, "root": bytes(32), "exported_to": b"",
                "facts": joined(facts), "rank": 0, "digest": b"",
            }  # fmt: skip


def _put(sp: Connection, sql: str, every: Iterator[dict[str, Any]]) -> None:
    while True:
        some = list(islice(every, _BATCH))
        if not some:
            return
        with transaction(sp):
            sp.executemany(sql, some)
