"""What the sheets about one's own keys show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ui.errors.cards import ErrorCard


@dataclass(frozen=True, slots=True)
class ActState:
    """`wrong` stands below the field it belongs to; `problem` is any other failure."""

    busy: str = ""
    wrong_old: str = ""
    wrong_new: str = ""
    wrong_again: str = ""
    wrong_line: str = ""
    wrong_words: str = ""
    problem: ErrorCard | None = None


class SheetStep(Enum):
    """The passphrase, then the words, then three of them typed."""

    PASSPHRASE = 0
    WORDS = 1
    CONFIRM = 2


@dataclass(frozen=True, slots=True)
class SheetState:
    """`words` and `line` are there once the passphrase was right."""

    step: SheetStep = SheetStep.PASSPHRASE
    words: tuple[str, ...] = field(default=(), repr=False)
    line: str = ""
    owner: str = ""
    store: str = ""
    made: str = ""  # by whom and when, with the zone
    asked: tuple[int, ...] = ()
    busy: str = ""
    wrong: str = ""
    problem: ErrorCard | None = None
