"""What is said while the disk takes no writing."""

from __future__ import annotations

from dataclasses import dataclass

from ui.errors.cards import ErrorCard


@dataclass(frozen=True, slots=True)
class DiskState:
    """`card`: why, None: all is well; `copying`: a copy is being made, in percent, None: none."""

    card: ErrorCard | None = None
    copying: int | None = None
    said: str = ""
