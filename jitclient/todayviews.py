"""What both faces show of what waits for this person, over all spaces. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from protocol.ids import SpaceId


class NeedKind(Enum):
    """Why something waits for a person; the gravest first."""

    KEY = "key"  # a member's key changed, and nobody here has decided
    BROKEN = "broken"  # an exhibit failed, or is not what its manifest says
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
