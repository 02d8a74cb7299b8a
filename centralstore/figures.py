"""Figures about the store as a whole, for metrics, statistics and the support bundle.

Counts, sums and ages only: no row of them is about one person, space or file.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from centralstore import logwaiting
from centralstore.database import Transaction
from centralstore.metrics import Figures
from centralstore.tables import (
    ACCESS_LOG,
    ACCOUNT,
    DELIVERY,
    DOOMED,
    FILE,
    PART,
    REFUSED,
    SPACE,
    WIPE,
)
from protocol.api.files import FileState

_RECEIVING = FILE.c.state == FileState.RECEIVING.value
_COMPLETE = FILE.c.state == FileState.COMPLETE.value
_HERE = (PART.c.space_id == FILE.c.space_id) & (PART.c.file_id == FILE.c.file_id)


def look(tx: Transaction) -> Figures:
    """All figures at this moment; scans what is there now, never what is erased."""
    waiting, oldest = _row(tx, select(func.count(), func.min(DELIVERY.c.queued_at)))
    complete, held = _row(tx, select(func.count(), func.sum(FILE.c.sealed_bytes)).where(_COMPLETE))
    arriving = select(func.sum(PART.c.size)).select_from(FILE).join(PART, _HERE).where(_RECEIVING)
    due, since = _due(tx)
    return Figures(
        queue_depth=waiting,
        queue_oldest_seconds=_age(tx, oldest),
        uploads_open=_one(tx, select(func.count()).select_from(FILE).where(_RECEIVING)),
        files_complete=complete,
        stored_bytes=int(held or 0) + _one(tx, arriving),
        retention_due=due,
        retention_oldest_seconds=_age(tx, since),
        spaces_open=_one(
            tx, select(func.count()).select_from(SPACE).where(SPACE.c.closed_at.is_(None))
        ),
        spaces_closed=_one(
            tx, select(func.count()).select_from(SPACE).where(SPACE.c.closed_at.is_not(None))
        ),
        accounts_enrolled=_one(
            tx, select(func.count()).select_from(ACCOUNT).where(ACCOUNT.c.enrolled_at.is_not(None))
        ),
        wipe_receipts=_one(tx, select(func.count()).select_from(WIPE)),
        log_rows_waiting=logwaiting.count(tx.conn) + _rows(tx, ACCESS_LOG.c.leaf.is_(None)),
        log_rows_refused=_rows(tx, ACCESS_LOG.c.leaf == REFUSED),
    )


def _due(tx: Transaction) -> tuple[int, int | None]:
    """What should be gone by now, and since when the oldest of it."""
    alive = FILE.c.state.in_((FileState.RECEIVING.value, FileState.COMPLETE.value))
    late, first = _row(
        tx,
        select(func.count(), func.min(FILE.c.expires_at)).where(
            alive, FILE.c.expires_at <= tx.second
        ),
    )
    doomed, since = _row(tx, select(func.count(), func.min(DOOMED.c.since)))
    moments = [moment for moment in (first, since) if moment is not None]
    return late + doomed, min(moments, default=None)


def _rows(tx: Transaction, which: ColumnElement[bool]) -> int:
    return _one(tx, select(func.count()).select_from(ACCESS_LOG).where(which))


def _row(tx: Transaction, query: Select[Any, Any]) -> tuple[int, Any]:
    count, other = tx.conn.execute(query).one()
    return int(count), other


def _one(tx: Transaction, query: Select[Any]) -> int:
    return int(tx.conn.execute(query).scalar_one() or 0)


def _age(tx: Transaction, since: int | None) -> int:
    return 0 if since is None else max(0, tx.second - int(since))
