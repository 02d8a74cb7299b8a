"""What the banners show."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.ids import SpaceId
from ui.theme.tokens import Tone


@dataclass(frozen=True, slots=True)
class Banner:
    """One alarm or one failure. `alarm` is None for a failure of this window."""

    key: str
    alarm: int | None
    title: str
    sentence: str
    todo: str  # what is safe, and what to do
    code: str
    at: str
    tone: Tone
    forked: SpaceId | None = None  # the space whose fork can be proven


@dataclass(frozen=True, slots=True)
class AlarmsState:
    """Newest first."""

    banners: tuple[Banner, ...] = ()
