"""Which transfers go together: small exhibits of one part that wait one behind the other.

A few go each on its own: their progress is seen, and nothing is gained. Pure.
Spec: docs/protocol/50-files.md §50.11.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.filestream import FileShape
from jitclient.queueing import Due, Key
from protocol.limits import MAX_TOGETHER, MAX_TOGETHER_BYTES

AT_ONCE: Final = 2
"""Transfers at work. A small file is mostly waiting for answers: SMALL_AT_ONCE of them."""
SMALL_AT_ONCE: Final = 6
TOGETHER_FROM: Final = 8
"""Fewer that wait go each on its own."""
LOOK_AHEAD: Final = AT_ONCE * MAX_TOGETHER
_TINY_BYTES: Final = MAX_TOGETHER_BYTES // TOGETHER_FROM


@dataclass(frozen=True, slots=True)
class Unit:
    """What runs as one: a transfer, or several together."""

    first: Due
    keys: tuple[Key, ...]

    @property
    def together(self) -> bool:
        """Whether it is several."""
        return len(self.keys) > 1

    @property
    def room(self) -> int:
        """How many of the places for small ones it takes."""
        alone = self.first.small and not self.together
        return 1 if alone else SMALL_AT_ONCE // AT_ONCE


def units(wanted: Sequence[Due], apart: Callable[[Due], bool]) -> list[Unit]:
    """What runs as one, in order; those that are `apart` run each on its own."""
    found: list[Unit] = []
    start = 0
    while start < len(wanted):
        end = _end_of_run(wanted, start, apart)
        if end - start < TOGETHER_FROM:
            found += [Unit(one, (one.key,)) for one in wanted[start:end]]
        else:
            found.append(Unit(wanted[start], tuple(one.key for one in wanted[start:end])))
        start = end
    return found


def fitting(waiting: Sequence[Unit], room: int) -> list[Unit]:
    """As many from the front as there is room for."""
    found = []
    for unit in waiting:
        room -= unit.room
        if room < 0:
            break
        found.append(unit)
    return found


def _end_of_run(wanted: Sequence[Due], start: int, apart: Callable[[Due], bool]) -> int:
    """Behind the last that may go with the one at `start`; at least behind that one itself."""
    first, sealed, at = wanted[start], 0, start
    while at < len(wanted) and at - start < MAX_TOGETHER:
        one = wanted[at]
        if one.size > _TINY_BYTES or apart(one):
            break
        if (one.key[0], one.leaves) != (first.key[0], first.leaves):
            break
        sealed += FileShape(one.size).sealed_bytes
        if sealed > MAX_TOGETHER_BYTES:
            break
        at += 1
    return max(at, start + 1)
