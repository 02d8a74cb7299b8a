"""When the store must erase: pure rules over facts and a given time (R21.1 to R21.3).

Spec: docs/protocol/70-store.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocol.api.files import EraseReason, FileState
from protocol.ids import UserId
from protocol.limits import QUEUE_SECONDS, RETENTION_SECONDS


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


def queue_floor(now: int) -> int:
    """Deliveries queued at or before this moment are dropped."""
    return now - QUEUE_SECONDS
