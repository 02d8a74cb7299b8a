"""What the inbox of mentions shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ui.errors.cards import ErrorCard
from ui.search.state import HitItem


class Which(Enum):
    """Which mentions are shown."""

    UNREAD = "Unread"
    ALL = "All"
    BY_NAME = "By name"
    BY_ROLE = "By role"


@dataclass(frozen=True, slots=True)
class InboxState:
    """Rows, newest first; `unread` counts all of them, whatever is shown."""

    which: Which = Which.UNREAD
    items: tuple[HitItem, ...] = ()
    unread: int = 0
    loading: bool = True
    problem: ErrorCard | None = None
