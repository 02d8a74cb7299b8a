"""What both faces show of the room that a profile takes on the disk. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.ids import SpaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """What one space takes; sizes in bytes."""

    space: SpaceId
    title: str  # empty until the welcome arrived
    messages: int  # the database: messages, log, facts, search index
    exhibits: int  # sealed parts of exhibits, and what came from standard input

    @property
    def total(self) -> int:
        """Bytes in all."""
        return self.messages + self.exhibits


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageView:
    """What the profile takes; sizes in bytes."""

    folder: str
    rows: tuple[KeptRow, ...]  # the largest first
    keys: int  # vault, keys, people, and the rest that belongs to no space
    free: int  # left on the disk for this account

    @property
    def total(self) -> int:
        """Bytes in all."""
        return self.keys + sum(one.total for one in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A copy of the profile: where, how many files of it, and which could not be read."""

    folder: str
    files: int
    unread: tuple[str, ...]
