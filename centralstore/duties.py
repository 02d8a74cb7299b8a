"""What is due for erasing, now and next: the sweeper's own questions, asked without doing anything.

Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from centralstore import forgetting, retention
from centralstore.database import Transaction
from centralstore.tables import DELIVERY, DOOMED, FILE, LOG_HEAD, SPACE
from protocol.api.files import FileState
from protocol.limits import QUEUE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One kind of data: how much of it is due, and when the next will be (None: nothing waits)."""

    what: str
    law: str
    due: int
    next_at: int | None = None
    note: str = ""


def duties(tx: Transaction) -> list[Duty]:
    """Every kind of data that time erases."""
    now = tx.second
    alive = FILE.c.state != FileState.ERASED.value
    due_files = _count(tx, FILE, alive & (FILE.c.expires_at <= now))
    next_file = _least(tx, FILE.c.expires_at, alive & (FILE.c.expires_at > now))
    floor = retention.queue_floor(now)
    queued = _least(tx, DELIVERY.c.queued_at, DELIVERY.c.queued_at > floor)
    return [
        Duty(what="files", law="R21.2", due=due_files, next_at=next_file),
        Duty(what="bytes of erased files", law="R21.3", due=_count(tx, DOOMED)),
        Duty(
            what="messages not fetched",
            law="90 days",
            due=_count(tx, DELIVERY, DELIVERY.c.queued_at <= floor),
            next_at=None if queued is None else queued + QUEUE_SECONDS,
        ),
        _log(tx),
        *_spaces(tx),
    ]


def _log(tx: Transaction) -> Duty:
    head = tx.conn.execute(select(LOG_HEAD)).one()
    held = head.held_until > tx.second
    return Duty(
        what="rows of the access log",
        law="R25.4",
        due=0 if held else max(0, forgetting.prunable(tx) - head.pruned),
        next_at=head.held_until if held else None,
        note="held for a procedure" if held else "",
    )


def _spaces(tx: Transaction) -> list[Duty]:
    old = SPACE.c.created_at <= retention.space_floor(tx.second)
    closed = SPACE.c.closed_at <= retention.closed_floor(tx.second)
    found = [Duty(what="closed spaces", law="R22", due=_count(tx, SPACE, old & closed))]
    still_open = _count(tx, SPACE, old & SPACE.c.closed_at.is_(None))
    if still_open:
        note = f"{still_open} space(s) are older than five years and not closed by their members"
        found.append(Duty(what="open spaces", law="R22", due=0, note=note))
    return found


def _count(tx: Transaction, table: Table, where: ColumnElement[bool] | None = None) -> int:
    query = select(func.count()).select_from(table)
    return int(tx.conn.execute(query if where is None else query.where(where)).scalar_one())


def _least(tx: Transaction, column: Any, where: ColumnElement[bool]) -> int | None:
    found = tx.conn.execute(select(func.min(column)).where(where)).scalar()
    return None if found is None else int(found)
