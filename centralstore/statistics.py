"""Statistics without content (Implementing Decision, subject f): counts about all, never about one.

A cell below five is not told; where only one cell of a breakdown would be hidden, the next smallest
is hidden with it, or the total would give it away. Spec: docs/OPERATOR_GUIDE.md §12.
"""

from __future__ import annotations

import statistics as plain
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Select, func, select

from centralstore.database import Transaction
from centralstore.tables import ACCOUNT, FILE, FILE_RECIPIENT, SPACE
from protocol.api.files import EraseReason

FLOOR: Final = 5
_HOUR: Final = 3600
Cell = int | float | None
"""A figure, or None where it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `start` up to, not including, `end`; seconds since 1970 UTC."""

    start: int
    end: int


def gather(tx: Transaction, period: Period) -> dict[str, Cell | dict[str, Cell]]:
    """Every figure: people and spaces as they stand, exchange within the period."""
    return {
        "spaces_open": shown(_count(tx, select(SPACE.c.id).where(SPACE.c.closed_at.is_(None)))),
        "spaces_closed": shown(
            _count(tx, select(SPACE.c.id).where(SPACE.c.closed_at.is_not(None)))
        ),
        "people_by_party": _people(tx, ACCOUNT.c.party),
        "people_by_country": _people(tx, ACCOUNT.c.country),
        **_uploads(tx, period),
        **_downloads(tx, period),
        **_erasures(tx, period),
    }


def shown(count: int) -> Cell:
    """A count, or None where it is below five and not nothing."""
    return count if count == 0 or count >= FLOOR else None


def broken_down(counts: Mapping[str, int]) -> dict[str, Cell]:
    """The cells of one breakdown, such that no hidden one follows from a total."""
    hidden = {name for name, count in counts.items() if shown(count) is None}
    rest = sorted((count, name) for name, count in counts.items() if name not in hidden and count)
    if len(hidden) == 1 and rest:
        hidden.add(rest[0][1])
    return {name: None if name in hidden else count for name, count in sorted(counts.items())}


def _people(tx: Transaction, by: Column[str]) -> dict[str, Cell]:
    rows = tx.conn.execute(
        select(by, func.count()).where(ACCOUNT.c.enrolled_at.is_not(None)).group_by(by)
    )
    return broken_down({name: int(count) for name, count in rows})


def _uploads(tx: Transaction, period: Period) -> dict[str, Cell]:
    when = FILE.c.completed_at
    count, size, largest = tx.conn.execute(
        select(func.count(), func.sum(FILE.c.sealed_bytes), func.max(FILE.c.sealed_bytes)).where(
            when >= period.start, when < period.end
        )
    ).one()
    told = shown(int(count)) is not None
    return {
        "uploads": shown(int(count)),
        "uploads_bytes": int(size or 0) if told else None,
        "largest_file_bytes": int(largest or 0) if told else None,
    }


def _downloads(tx: Transaction, period: Period) -> dict[str, Cell]:
    here = (FILE.c.space_id == FILE_RECIPIENT.c.space_id) & (
        FILE.c.file_id == FILE_RECIPIENT.c.file_id
    )
    proven = FILE_RECIPIENT.c.proven_at
    count, size = tx.conn.execute(
        select(func.count(), func.sum(FILE.c.sealed_bytes))
        .join(FILE, here)
        .where(proven >= period.start, proven < period.end)
    ).one()
    told = shown(int(count)) is not None
    return {"downloads": shown(int(count)), "downloads_bytes": int(size or 0) if told else None}


def _erasures(tx: Transaction, period: Period) -> dict[str, Cell | dict[str, Cell]]:
    rows = tx.conn.execute(
        select(FILE.c.erase_reason, FILE.c.completed_at, FILE.c.erased_at).where(
            FILE.c.erased_at >= period.start, FILE.c.erased_at < period.end
        )
    ).all()
    counts = {reason.value: 0 for reason in EraseReason}
    hours: list[float] = []
    for row in rows:
        counts[row.erase_reason] += 1
        if row.erase_reason == EraseReason.VERIFIED.value and row.completed_at is not None:
            hours.append((row.erased_at - row.completed_at) / _HOUR)
    median = round(plain.median(hours), 1) if len(hours) >= FLOOR else None
    return {"erased": broken_down(counts), "median_hours_to_last_download": median}


def _count(tx: Transaction, query: Select[bytes]) -> int:
    return int(tx.conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())
