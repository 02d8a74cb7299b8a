"""What the page of storage shows."""

from __future__ import annotations

from dataclasses import dataclass

from ui.errors.cards import ErrorCard


@dataclass(frozen=True, slots=True)
class Taken:
    """One line: a space, or what belongs to none; `exact` is for readers and hovering."""

    title: str
    below: str
    size: str


@dataclass(frozen=True, slots=True)
class StorageState:
    """Read anew whenever the page is opened."""

    loading: bool = True
    folder: str = ""
    total: str = ""
    free: str = ""
    rows: tuple[Taken, ...] = ()
    problem: ErrorCard | None = None
