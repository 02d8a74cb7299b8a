"""Gives rows of the access log their leaves: by one process at a time, in batches, within a second.

Rows are written by the act's own transaction, by any process (logwaiting.py). Whoever holds the row
of `log_head` takes what has no leaf yet, checks that the store wrote it, and moves it into the log
and its tree, in one transaction: after a crash anywhere they agree. Rows without a leaf in the log
itself are of a time before, or somebody else's. Spec: docs/protocol/72-access-log.md §2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Integer, bindparam, delete, insert, select, update

from centralstore import accesslog, journal, logwaiting, tiles
from centralstore.accesslog import Access
from centralstore.database import Database, Transaction
from centralstore.prepared import Prepared, Row
from centralstore.tables import ACCESS_LOG, LOG_COUNT, LOG_HEAD, REFUSED
from protocol.accesslog import AccessRow
from protocol.errors import JitError
from protocol.records import VERSION

PAUSE_SECONDS: Final = 0.5
"""Rows gather so long: an idle store commits once for many."""
POLL_SECONDS: Final = 5.0
"""Commands of the operator and other processes write without telling this one."""
BATCH: Final = 1_000

_OLD = Prepared(
    select(ACCESS_LOG)
    .where(ACCESS_LOG.c.leaf.is_(None))
    .order_by(ACCESS_LOG.c.id)
    .limit(bindparam("most"))
)
_HEAD = Prepared(select(LOG_HEAD).with_for_update())
_GROWN = Prepared(
    update(LOG_HEAD).values(size=bindparam("grown"), unsealed=bindparam("old", type_=Integer))
)
_OF_SPACES = LOG_COUNT.c.space_id.in_(bindparam("spaces", expanding=True))
_COUNTS = Prepared(select(LOG_COUNT.c.space_id, LOG_COUNT.c.rows).where(_OF_SPACES))
_DROP_COUNTS = Prepared(delete(LOG_COUNT).where(_OF_SPACES))
_KEEP_COUNT = Prepared(insert(LOG_COUNT))
_PLACE = Prepared(
    update(ACCESS_LOG)
    .where(ACCESS_LOG.c.id == bindparam("row"))
    .values(leaf=bindparam("at_leaf"), number=bindparam("as_number"))
)
_KEEP = Prepared(insert(ACCESS_LOG))


@dataclass(frozen=True, slots=True)
class _Found:
    """A row without a place, or what is no row; `old` is its id where it is in the log already."""

    record: AccessRow | None
    old: int | None = None


class Sequencer:
    """One task of each serving process."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """There are rows without a leaf."""
        self._poked.set()

    async def run(self) -> None:
        """Run for ever; a failed run is reported and tried again."""
        while True:
            self._poked.clear()
            try:
                await self.drain()
            except JitError as error:
                journal.write(journal.Event.SEQUENCE_FAILED, self._clock(), kind=type(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._poked.wait()
            await asyncio.sleep(PAUSE_SECONDS)

    async def drain(self) -> int:
        """Until no row is without a leaf; how many there were.

        Raises:
            DiskError: the database cannot be written; what was done stays done.
        """
        done = 0
        while count := await self._database.run("", sequence):
            done += count
        return done


def sequence(tx: Transaction) -> int:
    """Place at most about a batch of rows; how many were looked at, 0 when none is left."""
    (head,) = _HEAD.rows(tx.conn, {})
    found = [_Found(_record_of(row), row.id) for row in _OLD.rows(tx.conn, {"most": BATCH})]
    waiting = [] if found else logwaiting.oldest(tx.conn, BATCH)
    for some in waiting:
        found += map(_Found, some.rows or (None,))
    if not found:
        return 0
    genuine, refused, unsealed = _sorted_out(tx, found, head)
    placed = _placed(tx, genuine)
    size = tiles.append(
        tiles.Table(tx.conn), head.size, [accesslog.leaf_of(record) for record, _ in placed]
    )
    _keep(tx, [(record, old, head.size + at) for at, (record, old) in enumerate(placed)])
    _keep(tx, [(_of_somebody(tx, one.record), one.old, REFUSED) for one in refused])
    logwaiting.forget(tx.conn, waiting)
    _GROWN.do(tx.conn, {"grown": size, "old": unsealed})
    if refused:
        _tell(tx, len(refused))
    return len(found)


def _record_of(row: Row) -> AccessRow | None:
    try:
        return accesslog.row_of(row)
    except (TypeError, ValueError):
        return None


def _sorted_out(
    tx: Transaction, found: Sequence[_Found], head: Row
) -> tuple[list[_Found], list[_Found], int]:
    """Rows of this store's, rows of somebody else's, and how many leaves have no seal now.

    Without a seal are rows of a time before the tree: they come before the first sealed one.
    """
    genuine: list[_Found] = []
    refused: list[_Found] = []
    unsealed = int(head.unsealed)
    for one in found:
        old = ours = False
        with suppress(TypeError, ValueError):
            if one.record is not None:
                before = one.old is not None and unsealed == head.size + len(genuine)
                old = before and not one.record.seal
                ours = old or tx.sealer.genuine(one.record)
        unsealed += old
        (genuine if ours else refused).append(one)
    return genuine, refused, unsealed


def _placed(tx: Transaction, genuine: Sequence[_Found]) -> list[tuple[AccessRow, int | None]]:
    """Each with its number within its space."""
    records = [(one.record, one.old) for one in genuine if one.record is not None]
    counts = _counts(tx, {record.space for record, _ in records})
    placed = []
    for record, old in records:
        placed.append((msgspec.structs.replace(record, number=counts[record.space]), old))
        counts[record.space] += 1
    _save_counts(tx, counts)
    return placed


def _keep(tx: Transaction, rows: Sequence[tuple[AccessRow, int | None, int]]) -> None:
    """Each with its leaf in the log: where it is, or as a new row."""
    here, new = [], []
    for record, old, leaf in rows:
        number = REFUSED if leaf == REFUSED else record.number
        if old is None:
            new.append(_columns(record, leaf, number))
        else:
            here.append({"row": old, "at_leaf": leaf, "as_number": number})
    _PLACE.each(tx.conn, here)
    _KEEP.each(tx.conn, new)


def _columns(record: AccessRow, leaf: int, number: int) -> dict[str, Any]:
    return {
        "at": record.at,
        "user_id": record.user,
        "device_id": record.device,
        "operation": record.operation,
        "space_id": record.space,
        "object_id": record.subject,
        "result": record.result,
        "seal": record.seal,
        "leaf": leaf,
        "number": number,
    }


def _of_somebody(tx: Transaction, record: AccessRow | None) -> AccessRow:
    """What the store did not write, as it can be kept for who looks into it."""
    if record is None or "\0" in record.at + record.operation + record.result:
        return AccessRow(
            version=VERSION,
            number=0,
            at=accesslog.stamp(tx.now),
            user=b"",
            device=b"",
            operation="log.unreadable",
            space=b"",
            subject=b"",
            result="unreadable",
            seal=b"",
        )
    return record


def _counts(tx: Transaction, spaces: set[bytes]) -> dict[bytes, int]:
    known = _COUNTS.rows(tx.conn, {"spaces": list(spaces)}) if spaces else ()
    return dict.fromkeys(spaces, 0) | {bytes(row.space_id): int(row.rows) for row in known}


def _save_counts(tx: Transaction, counts: dict[bytes, int]) -> None:
    if not counts:
        return
    _DROP_COUNTS.do(tx.conn, {"spaces": list(counts)})
    rows = [{"space_id": space, "rows": count} for space, count in counts.items()]
    _KEEP_COUNT.each(tx.conn, rows)


def _tell(tx: Transaction, count: int) -> None:
    """Somebody wrote into the log who is not the store: on record, and told to the operator."""
    journal.write(journal.Event.LOG_FORGED, tx.now, rows=count)
    access = Access(now=tx.now, operation="log.refuse", result=f"rows={count}")
    accesslog.record(tx.conn, tx.sealer, access)
