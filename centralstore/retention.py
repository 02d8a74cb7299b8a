"""When the store must erase: pure rules over facts and a given time (R21.1 to R21.3, R22, R25.4).

Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

from protocol.api.files import EraseReason, FileState
from protocol.ids import UserId
from protocol.limits import QUEUE_SECONDS, RETENTION_SECONDS

LOG_YEARS: Final = 3
SPACE_YEARS: Final = 5
CLOSED_SECONDS: Final = 90 * 86_400
"""Members read a closing and hand in their wipe receipts for so long at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What decides about one file.

    `expires_at` counts from the first byte stored, or from the announcement while there is none.
    """

    state: FileState
    expires_at: int
    intended: frozenset[UserId]
    members: frozenset[UserId]
    proven: frozenset[UserId]


def due(facts: FileFacts, now: int) -> EraseReason | None:
    """Why a file must be erased at `now`, or None while it may stay.

    Somebody who left the space no longer counts among those who must have it; somebody who joined
    later never does.
    """
    if facts.state is FileState.ERASED:
        return None
    waiting = (facts.intended & facts.members) - facts.proven
    if facts.state is FileState.COMPLETE and not waiting:
        return EraseReason.VERIFIED
    if facts.expires_at <= now:
        return EraseReason.EXPIRED
    return None


def expiry(since: int) -> int:
    """When operational data that arrived at `since` must be gone."""
    return since + RETENTION_SECONDS


def log_floor(now: int) -> int:
    """Rows of the access log from before this moment may be forgotten: a day three years ago."""
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return int(_years_before(today, LOG_YEARS).timestamp())


def space_floor(now: int) -> int:
    """What is left of a space opened at or before this moment has had its five years (R22.1)."""
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return int(_years_before(moment, SPACE_YEARS).timestamp())


def closed_floor(now: int) -> int:
    """A space closed at or before this moment was long enough there for everybody to read it."""
    return now - CLOSED_SECONDS


def _years_before(moment: datetime.datetime, years: int) -> datetime.datetime:
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    return moment.replace(year=moment.year - years, day=day)


def queue_floor(now: int) -> int:
    """Deliveries queued at or before this moment are dropped."""
    return now - QUEUE_SECONDS
