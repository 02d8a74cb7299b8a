"""What the unlock card shows."""

from __future__ import annotations

from dataclasses import dataclass

from ui.errors.cards import ErrorCard


@dataclass(frozen=True, slots=True)
class UnlockState:
    """`wrong` stands below the passphrase; `problem` is any other failure."""

    busy: bool = False
    wrong: str = ""
    tries: int = 0
    problem: ErrorCard | None = None
    doing: str = ""  # while busy, other than opening the keys
