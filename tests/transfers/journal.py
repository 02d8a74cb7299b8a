"""What the killed client noted of its parts, and what of them it moved a second time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Life:
    """The parts one process moved: begun, and of those ended, as (way, path)."""

    begun: Counter[tuple[str, str]] = field(default_factory=Counter)
    ended: set[tuple[str, str]] = field(default_factory=set)

    @property
    def in_flight(self) -> set[tuple[str, str]]:
        """What the kill cut off."""
        return set(self.begun) - self.ended


class Journal:
    """Reads the client's journal life by life."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0

    def life(self) -> Life:
        """What was noted since the last call."""
        if not self.path.exists():
            return Life()
        with self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        self._offset += len(data)
        return read(data.decode().splitlines())


def read(lines: Iterable[str]) -> Life:
    """One life out of its lines."""
    life = Life()
    for line in lines:
        way, path, what = line.split(" ")
        if what == "begun":
            life.begun[way, path] += 1
        else:
            life.ended.add((way, path))
    return life


@dataclass
class Figures:
    """What all lives together came to."""

    kills: int = 0
    idle: int = 0  # kills that hit no part on its way
    exhibits: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    flying: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)  # again, though a kill cut nothing off
    moved: set[tuple[str, str]] = field(default_factory=set, repr=False)
    open: set[tuple[str, str]] = field(default_factory=set, repr=False)

    def see(self, life: Life) -> None:
        """Take note of one more life; what is still open was cut off by a kill before it."""
        begun = set(life.begun)
        for way in ("put", "get"):
            repeated = {one for one in begun & self.moved if one[0] == way}
            self.parts[way] += sum(1 for one in begun - self.moved if one[0] == way)
            self.flying[way] += sum(1 for one in life.in_flight if one[0] == way)
            self.again[way] += len(repeated)
            self.most[way] = max(self.most[way], len(repeated))
            self.lost[way] += len(repeated - self.open)
        self.moved |= begun
        self.open = (self.open | begun) - life.ended
