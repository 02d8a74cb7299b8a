"""Runs what retention asks for: on its own every minute, and at once after an erasure.

Each step is its own transaction and may be repeated: a crash half-way leaves doomed prefixes in the
database, and the next run deletes them. Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import delete, func, insert, select

from centralstore import accesslog, erasure, forgetting, journal, links, mailbox, prekeys, retention
from centralstore.blobs import Blobs
from centralstore.database import Database, Transaction
from centralstore.metrics import Metrics
from centralstore.tables import CHALLENGE, DOOMED, EMPTIED, SESSION
from protocol.errors import JitError

INTERVAL_SECONDS: Final = 60.0
_BATCH: Final = 100
LATE_SECONDS: Final = 1800
"""A part is taken in for ten minutes at most, and kept within two: then none is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one run did: files erased by time, deliveries dropped, objects deleted.

    `forgotten` are rows of the access log, `spaces` closed spaces whose years are over.
    """

    erased: int = 0
    expired: int = 0
    objects: int = 0
    forgotten: int = 0
    spaces: int = 0


class Sweeper:
    """The store's only janitor; one task, started by the server."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        clock: Callable[[], float],
        metrics: Metrics | None = None,
    ) -> None:
        self._database, self._blobs, self._clock = database, blobs, clock
        self._metrics = metrics or Metrics()
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """There are doomed bytes: run soon."""
        self._poked.set()

    async def run(self) -> None:
        """Run for ever; a failed run is reported and tried again."""
        while True:
            self._poked.clear()
            try:
                done = await self.sweep()
                self._metrics.swept(
                    files=done.erased, deliveries=done.expired, objects=done.objects
                )
                if done.erased or done.expired or done.objects:
                    journal.write(
                        journal.Event.SWEPT,
                        self._clock(),
                        erased=done.erased,
                        expired=done.expired,
                        objects=done.objects,
                    )
            except JitError as error:
                self._metrics.sweep_failed()
                journal.write(journal.Event.SWEEP_FAILED, self._clock(), kind=type(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL_SECONDS):
                    await self._poked.wait()

    async def sweep(self) -> Swept:
        """One complete run; none where another process is at it.

        Raises:
            DiskError: database or parts cannot be written; what was done stays done.
        """
        async with self._database.alone("sweeper") as alone:
            return await self._sweep() if alone else Swept()

    async def _sweep(self) -> Swept:
        erased = 0
        while batch := await self._database.run("", _expire_files):
            erased += batch
        expired = objects = 0
        while dropped := await self._database.run("", _expire_queues):
            expired += dropped
        while prefixes := await self._database.run("", _doomed):
            for prefix in prefixes:
                objects += await self._blobs.erase(prefix)
                await self._database.run("", partial(_gone, prefix))
        while late := await self._database.run("", _emptied):
            for prefix in late:
                objects += await self._blobs.erase(prefix)
                await self._database.run("", partial(_forgotten, prefix))
        forgotten = spaces = 0
        while rows := await self._database.run("", forgetting.prune_log):
            forgotten += rows
        while await self._database.run("", forgetting.forget_space):
            spaces += 1
        return Swept(
            erased=erased, expired=expired, objects=objects, forgotten=forgotten, spaces=spaces
        )


def _expire_files(tx: Transaction) -> int:
    found = erasure.expired(tx, _BATCH)
    return sum(erasure.settle(tx, space, file) is not None for space, file in found)


def _expire_queues(tx: Transaction) -> int:
    tx.conn.execute(delete(CHALLENGE).where(CHALLENGE.c.expires_at <= tx.second))
    tx.conn.execute(delete(SESSION).where(SESSION.c.expires_at <= tx.second))
    links.sweep(tx)
    prekeys.sweep(tx)
    return mailbox.expire(tx, retention.queue_floor(tx.second))


def _doomed(tx: Transaction) -> list[str]:
    return list(
        tx.conn.execute(select(DOOMED.c.prefix).order_by(DOOMED.c.since).limit(_BATCH)).scalars()
    )


def _gone(prefix: str, tx: Transaction) -> None:
    """The bytes are deleted; say so in the log and forget the prefix."""
    row = tx.conn.execute(
        select(DOOMED.c.space_id, DOOMED.c.file_id).where(DOOMED.c.prefix == prefix)
    ).one_or_none()
    gone = tx.conn.execute(delete(DOOMED).where(DOOMED.c.prefix == prefix))
    if row is None or not gone.rowcount:  # another process was quicker, and has said so
        return
    tx.conn.execute(insert(EMPTIED).values(prefix=prefix, since=tx.second))
    accesslog.record(
        tx.conn,
        tx.sealer,
        accesslog.Access(
            now=tx.now,
            operation="file.bytes-deleted",
            space=row.space_id,
            subject=row.file_id,
            result="ok",
        ),
    )


def _emptied(tx: Transaction) -> list[str]:
    """Prefixes where a part may have arrived that was on its way when the bytes were deleted."""
    old = EMPTIED.c.since <= tx.second - LATE_SECONDS
    found = select(EMPTIED.c.prefix).where(old).order_by(EMPTIED.c.since).limit(_BATCH)
    return list(tx.conn.execute(found).scalars())


def _forgotten(prefix: str, tx: Transaction) -> None:
    tx.conn.execute(delete(EMPTIED).where(EMPTIED.c.prefix == prefix))


def doomed_count(tx: Transaction) -> int:
    """How many prefixes still wait to be deleted."""
    return int(tx.conn.execute(select(func.count()).select_from(DOOMED)).scalar_one())
