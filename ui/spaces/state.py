"""What the list of spaces shows, and which space and tab are in front."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jitclient.views import SpaceDetail, SpaceState
from protocol.ids import SpaceId
from ui.errors.cards import ErrorCard
from ui.words import Badge


class Tab(Enum):
    """The five rooms of a space, in the order of Ctrl+1 to Ctrl+5."""

    CONVERSATION = "Conversation"
    EVIDENCE = "Evidence"
    PEOPLE = "People"
    LOG = "Log"
    CLOSING = "Closing"


@dataclass(frozen=True, slots=True)
class SpaceTile:
    """One row of the list."""

    space: SpaceId
    title: str
    below: str
    letters: str
    badge: Badge
    unread: int


@dataclass(frozen=True, slots=True)
class SpacesState:
    """The list and the selection. `detail` is that of `selected`, once read."""

    tiles: tuple[SpaceTile, ...] = ()
    selected: SpaceId | None = None
    detail: SpaceDetail | None = None
    tab: Tab = Tab.CONVERSATION
    loading: bool = True
    problem: ErrorCard | None = None
    home: bool = False  # "Today" is in front of the space

    @property
    def open_tabs(self) -> frozenset[Tab]:
        """The tabs that show something: a wiped space keeps its receipts and nothing else."""
        if self.detail is None:
            return frozenset()
        if self.detail.row.state is SpaceState.WIPED:
            return frozenset({Tab.CLOSING})
        if self.detail.row.state is SpaceState.CLOSING:
            return frozenset({Tab.CLOSING, Tab.LOG})
        return frozenset(Tab)


@dataclass(frozen=True, slots=True)
class NewSpaceState:
    """The sheet that opens a space."""

    agreement_problem: str = ""
    title_problem: str = ""
    busy: bool = False
    problem: ErrorCard | None = None
