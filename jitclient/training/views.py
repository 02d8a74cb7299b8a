"""What a window shows of a training: its steps, what is ready, and what was erased."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from protocol.ids import SpaceId

SESSION: Final = "session"
"""The folder of one training, in that of all trainings."""
PROFILES: Final = "profiles"
"""The folder of its profiles, in that of the training."""


class Step(Enum):
    """What is being made now."""

    STORE = "store"
    PEOPLE = "people"
    SPACE = "space"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """A colleague and the 60 digits that she reads from her own screen."""

    name: str
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The made-up case is there. `practice` is a file that may be handed over."""

    profile: Path
    passphrase: str
    space: SpaceId
    reads: tuple[Reads, ...]
    practice: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was there and is gone; `left` could not be removed."""

    profiles: int = 0
    files: int = 0
    bytes: int = 0
    left: tuple[str, ...] = ()
