"""What the palette lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from ui.errors.cards import ErrorCard


class Kind(Enum):
    """What an entry is."""

    SPACE = "Space"
    ROOM = "Room"
    PERSON = "Person"
    WINDOW = "Open window"
    EXHIBIT = "Exhibit"
    MESSAGE = "Message"
    COMMAND = "Command"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """Something to go to or to do. `why_not` says why it cannot be done now."""

    kind: Kind
    title: str
    below: str
    icon: str
    act: Callable[[], None]
    key: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class PaletteState:
    """The field and the rows; `looking` while messages and exhibits are searched."""

    text: str = ""
    ranked: str = ""  # what the rows belong to
    rows: tuple[Entry, ...] = ()
    looking: bool = False
    problem: ErrorCard | None = None
