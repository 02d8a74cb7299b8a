"""Gives rows of the access log their leaves: by one process at a time, in batches, within a second.

Rows are written by the act's own transaction, by any process. Whoever holds the row of `log_head`
takes what has no leaf yet, checks that the store wrote it, and adds it to the tree, in one
transaction: after a crash anywhere the tree and its rows agree. Spec:
docs/protocol/72-access-log.md §2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from centralstore import accesslog, journal, tiles
from centralstore.accesslog import Access
from centralstore.database import Database, Transaction
from centralstore.prepared import Prepared, Row
from centralstore.tables import ACCESS_LOG, LOG_COUNT, LOG_HEAD, REFUSED
from protocol.errors import JitError

PAUSE_SECONDS: Final = 0.5
"""Rows gather so long: an idle store commits once for many."""
POLL_SECONDS: Final = 5.0
"""Commands of the operator and other processes write without telling this one."""
BATCH: Final = 1_000

_PENDING = Prepared(
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
    """Place at most a batch of rows; how many were looked at."""
    (head,) = _HEAD.rows(tx.conn, {})
    found = _PENDING.rows(tx.conn, {"most": BATCH})
    if not found:
        return 0
    genuine, refused, unsealed = _sorted_out(tx, found, head)
    counts = _counts(tx, {bytes(row.space_id) for row in genuine})
    leaves, placed = [], []
    for leaf, row in enumerate(genuine, start=head.size):
        number = counts[row.space_id]
        counts[row.space_id] += 1
        leaves.append(accesslog.leaf_of(accesslog.row_of(row, number)))
        placed.append({"row": row.id, "at_leaf": leaf, "as_number": number})
    placed += [{"row": row.id, "at_leaf": REFUSED, "as_number": REFUSED} for row in refused]
    size = tiles.append(tiles.Table(tx.conn), head.size, leaves)
    _PLACE.each(tx.conn, placed)
    _GROWN.do(tx.conn, {"grown": size, "old": unsealed})
    _save_counts(tx, counts)
    if refused:
        _tell(tx, len(refused))
    return len(found)


def _sorted_out(
    tx: Transaction, found: Sequence[Row], head: Row
) -> tuple[list[Row], list[Row], int]:
    """Rows of this store's, rows of somebody else's, and how many leaves have no seal now.

    Without a seal are rows of a time before the tree: they come before the first sealed one.
    """
    genuine: list[Row] = []
    refused: list[Row] = []
    unsealed = int(head.unsealed)
    for row in found:
        try:
            record = accesslog.row_of(row)
            old = not record.seal and unsealed == head.size + len(genuine)
            ours = old or tx.sealer.genuine(record)
        except (TypeError, ValueError):
            old = ours = False
        unsealed += old
        (genuine if ours else refused).append(row)
    return genuine, refused, unsealed


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
