"""What the safe viewer gives the window: what was opened, and pages as points."""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.viewing.wire import MAX_POINTS, Encoding, Kind, Pixels, Shown, Walls

__all__ = ["MAX_POINTS", "Encoding", "Kind", "Opened", "Pixels", "Shown", "Walls"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An exhibit in the safe viewer, and what stands around the process that shows it."""

    shown: Shown
    walls: Walls
