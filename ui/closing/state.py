"""What the closing screen shows."""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.views import SpaceState
from protocol.ids import SpaceId
from ui.errors.cards import ErrorCard
from ui.home.state import Goal


@dataclass(frozen=True, slots=True)
class WipeLine:
    """One device and its receipt."""

    name: str
    device: str
    done: bool
    word: str
    remaining: str
    receipt: str


@dataclass(frozen=True, slots=True)
class LeftLine:
    """Something the wipe on this computer could not reach; `names` one a line."""

    word: str
    names: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Something that is still open before a closing, and which place shows it."""

    icon: str
    word: str
    names: tuple[str, ...]
    more: int
    goal: Goal
    act: str  # the button that goes there


@dataclass(frozen=True, slots=True)
class ClosingState:
    """Before: what will happen and the form. After: receipts."""

    space: SpaceId | None = None
    title: str = ""
    phase: SpaceState = SpaceState.JOINING
    can_close: bool = False
    why_not: str = ""
    reason: str = ""
    typed: str = ""
    open: tuple[OpenLine, ...] | None = None  # None: not read yet
    lines: tuple[WipeLine, ...] = ()
    confirmed: str = ""
    left: tuple[LeftLine, ...] = ()
    stated_reason: str = ""
    busy: bool = False
    problem: ErrorCard | None = None

    @property
    def ready(self) -> bool:
        """Whether the button does something."""
        named = self.typed.strip() == self.title.strip() != ""
        return self.can_close and not self.busy and bool(self.reason.strip()) and named
