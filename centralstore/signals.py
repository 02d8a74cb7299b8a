"""What one process has to tell the others: who is to be woken, over PostgreSQL's LISTEN and NOTIFY.

After a commit its wakes are told to the process's own listeners at once and handed to `Signals`,
which tells the other processes in a small transaction of its own: a NOTIFY inside the facts'
transaction would make every commit wait for every other one (docs/adr/0029). A process that dies in
between is missed by the others within seconds, and they let everyone look at everything; so they do
after they lost their own line. Spec: docs/protocol/70-store.md §7.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Annotated, Any, Final

import msgspec
import psycopg
from psycopg import sql
from sqlalchemy import text

from centralstore.database import Transaction
from centralstore.shared import CONNECT

_CHANNEL: Final = "jitstore"
_PRESENCE: Final = 0x4A495453
"""The class of the advisory locks by which living processes are known."""
_LOOK_SECONDS: Final = 2.0
_AGAIN_SECONDS: Final = 0.5
_ITEMS: Final = 100
"""So many ids to one notice, which may have 8000 bytes."""
_MAX_MERGED: Final = 1000
_MAX_CHARS: Final = 8000

_Id = Annotated[bytes, msgspec.Meta(max_length=16)]
_What = Annotated[str, msgspec.Meta(max_length=20)]
_Ids = Annotated[tuple[_Id, ...], msgspec.Meta(max_length=_ITEMS)]


class Notice(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One notice of the process `sender`: at most `_ITEMS` ids in all.

    `everything` asks all to look at everything; `leaving` says that the sender stops in order.
    """

    sender: int
    wakes: tuple[tuple[_Id, _Id, _What], ...] = ()
    everyone: tuple[tuple[_Id, _What], ...] = ()
    ended: _Ids = ()
    changed: _Ids = ()
    doomed: bool = False
    everything: bool = False
    leaving: bool = False


def read(payload: str) -> Notice | None:
    """A notice, or None for what is none: somebody else speaks on the channel."""
    if len(payload) > _MAX_CHARS:
        return None
    try:
        return msgspec.json.decode(payload, type=Notice)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def notices(sender: int, transactions: Iterable[Transaction]) -> Iterator[str]:
    """What finished transactions have to tell, each thing once."""
    found = list(transactions)
    wakes = list(dict.fromkeys(wake for one in found for wake in one.wakes))
    everyone = list(dict.fromkeys(what for one in found for what in one.everyone))
    ended = list(dict.fromkeys(device for one in found for device in one.ended))
    changed = list(dict.fromkeys(slot for one in found for slot in one.changed))
    flags = Notice(
        sender=sender,
        everyone=tuple(everyone[:_ITEMS]),
        doomed=any(one.doomed for one in found),
        everything=any(one.unsure for one in found) or len(wakes) > _MAX_MERGED,
    )
    if flags.everyone or flags.doomed or flags.everything:
        yield _text(flags)
    if not flags.everything:
        for some in _pieces(wakes):
            yield _text(Notice(sender=sender, wakes=tuple(some)))
    for some in _pieces(ended):
        yield _text(Notice(sender=sender, ended=tuple(some)))
    for some in _pieces(changed):
        yield _text(Notice(sender=sender, changed=tuple(some)))


def _pieces(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _ITEMS):
        yield items[start : start + _ITEMS]


def _text(notice: Notice) -> str:
    return msgspec.json.encode(notice).decode()


def tell(transaction: Transaction) -> None:
    """Tell the processes what an operator's transaction did, once it is committed."""
    if transaction.conn.dialect.name == "postgresql":
        say = text("SELECT pg_notify(:channel, :notice)")
        for notice in notices(0, [transaction]):
            transaction.conn.execute(say, {"channel": _CHANNEL, "notice": notice})


class Signals:
    """Two threads, each with a connection: one tells, one listens.

    `told` is called on the listening thread with every notice of another process, `lost` when
    something may have been missed.
    """

    def __init__(self, url: str, told: Callable[[Notice], None], lost: Callable[[], None]) -> None:
        self.number = secrets.randbelow(2**31 - 1) + 1
        self._url, self._told, self._lost = url, told, lost
        self._outgoing: queue.SimpleQueue[list[Transaction] | None] = queue.SimpleQueue()
        self._leaving, self._closing = threading.Event(), threading.Event()
        self._heard = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=f"signals-{name}", daemon=True)
            for name, work in (("out", self._tell), ("in", self._listen))
        ]
        for thread in self._threads:
            thread.start()

    def publish(self, transactions: list[Transaction]) -> None:
        """Tell the others what was committed; returns at once."""
        if any(
            t.wakes or t.everyone or t.ended or t.changed or t.doomed or t.unsure
            for t in transactions
        ):
            self._outgoing.put(transactions)

    def listening(self, seconds: float) -> bool:
        """Wait until others are heard."""
        return self._heard.wait(seconds)

    def close(self) -> None:
        """Tell what is still to be told, if the database is there, then leave."""
        self._leaving.set()
        self._outgoing.put(None)
        self._threads[0].join()
        self._closing.set()
        self._threads[1].join()

    # --- telling ---------------------------------------------------------------------------------

    def _tell(self) -> None:
        waiting: list[Transaction] = []
        last, connection = False, None
        while not last or waiting:
            if not waiting:
                waiting, last = self._collected(last)
            if connection is None:
                connection = self._connected()
            try:
                if connection is not None:
                    self._send(connection, waiting, leaving=last)
                    waiting = []
                    continue
            except psycopg.Error:
                _closed(connection)
                connection = None
            if last or self._leaving.is_set():
                break  # the others will miss this process and look at everything
            self._leaving.wait(_AGAIN_SECONDS)
        _closed(connection)

    def _collected(self, last: bool) -> tuple[list[Transaction], bool]:
        """Everything that waits to be told, and whether it is the last."""
        found: list[Transaction] = []
        first = self._outgoing.get() if not last else None
        while first is not None:
            found += first
            try:
                first = self._outgoing.get_nowait()
            except queue.Empty:
                return found, False
        return found, True

    def _send(
        self, connection: psycopg.Connection[Any], waiting: list[Transaction], *, leaving: bool
    ) -> None:
        texts = list(notices(self.number, waiting))
        if leaving:
            texts.append(_text(Notice(sender=self.number, leaving=True)))
        if texts:
            connection.execute(
                "SELECT pg_notify(%s, t) FROM unnest(%s::text[]) AS t", (_CHANNEL, texts)
            )

    # --- listening -------------------------------------------------------------------------------

    def _listen(self) -> None:
        first = True
        while not self._closing.is_set():
            connection = self._connected()
            if connection is None:
                self._closing.wait(_AGAIN_SECONDS)
                continue
            with suppress(psycopg.Error):
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(_CHANNEL)))
                connection.execute("SELECT pg_advisory_lock(%s, %s)", (_PRESENCE, self.number))
                if not first:
                    self._lost()
                first = False
                self._heard.set()
                self._hear(connection)
            self._heard.clear()
            _closed(connection)

    def _hear(self, connection: psycopg.Connection[Any]) -> None:
        others = self._others(connection)
        while not self._closing.is_set():
            for one in connection.notifies(timeout=_LOOK_SECONDS):
                notice = read(one.payload)
                if notice is None:
                    self._lost()
                elif notice.sender == self.number:
                    if notice.leaving:
                        return
                elif notice.leaving:
                    others.discard(notice.sender)
                else:
                    self._told(notice)
            now = self._others(connection)
            if others - now:
                self._lost()
            others = now

    def _others(self, connection: psycopg.Connection[Any]) -> set[int]:
        """The processes that live."""
        rows = connection.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND classid = %s AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())",
            (_PRESENCE,),
        )
        return {int(row[0]) for row in rows} - {self.number}

    def _connected(self) -> psycopg.Connection[Any] | None:
        with suppress(psycopg.Error):
            return psycopg.connect(self._url, autocommit=True, **CONNECT)
        return None


def _closed(connection: psycopg.Connection[Any] | None) -> None:
    if connection is not None:
        with suppress(psycopg.Error):
            connection.close()
