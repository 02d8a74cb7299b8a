"""What "Today" shows: at most seven cards, each with lines that open their place."""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.todayviews import NeedKind
from protocol.ids import SpaceId
from ui.errors.cards import ErrorCard
from ui.spaces.state import Tab
from ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class Goal:
    """What a line opens: a room of a space, or the sheet of transfers."""

    space: SpaceId
    tab: Tab
    transfers: bool = False


@dataclass(frozen=True, slots=True)
class HomeLine:
    """One place where something waits."""

    title: str
    below: str
    goal: Goal


@dataclass(frozen=True, slots=True)
class HomeCard:
    """Everything of one kind; `more` lines are not shown."""

    kind: NeedKind
    icon: str
    tone: Tone
    title: str
    lines: tuple[HomeLine, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class HomeState:
    """The page. Without cards nothing waits."""

    loading: bool = True
    cards: tuple[HomeCard, ...] = ()
    day: str = ""
    synced: str = ""
    problem: ErrorCard | None = None
