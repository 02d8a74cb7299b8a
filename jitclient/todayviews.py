"""What both faces show of what waits for this person, over all spaces. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from protocol.ids import SpaceId
from protocol.limits import RETENTION_SECONDS

DAY: Final = 86_400
WARNED_AT: Final = (14, 21, 25, 27)
"""Days after which a recipient who has not an exhibit yet is warned that the store erases it."""


def warned(expires_at: int | None, now: int) -> int:
    """How many of these warnings are due; 0 as well once the store has erased it."""
    if expires_at is None or expires_at <= now:
        return 0
    age = RETENTION_SECONDS - (expires_at - now)
    return sum(age >= day * DAY for day in WARNED_AT)


class NeedKind(Enum):
    """Why something waits for a person; the gravest first."""

    KEY = "key"  # a member's key changed, and nobody here has decided
    BROKEN = "broken"  # an exhibit failed, or is not what its manifest says
    ERASURE = "erasure"  # the store soon erases exhibits that are not here yet
    DEADLINE = "deadline"  # the local copies go soon
    MENTION = "mention"  # unread messages that point to this person
    UNREAD = "unread"
    PAUSED = "paused"  # transfers that somebody stopped
    UNVERIFIED = "unverified"  # members whose number was never compared
    UNCONFIRMED = "unconfirmed"  # devices of a closed space without a wipe receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """One need in one space. `count` of messages, exhibits, persons or devices."""

    kind: NeedKind
    space: SpaceId
    title: str  # of the space
    count: int = 1
    at: int = 0  # the deadline, or when it began; 0: unknown
    names: tuple[str, ...] = ()  # persons
