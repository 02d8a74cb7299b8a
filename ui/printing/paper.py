"""What stands on paper: blocks of lines and tables, and what head and foot of every page say. Pure.

No text is ever markup: what others wrote is set letter by letter, without characters that steer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum

from jitclient.views import Me
from ui import words
from ui.language import dates, tr


class Style(Enum):
    """How a line is set; sizes are `flow.FACES`."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    STRONG = "strong"
    SMALL = "small"
    MONO = "mono"  # hashes
    DIGITS = "digits"  # to be read aloud
    MARKS = "marks"  # handling code and TLP label, in head and foot
    BOX = "box"  # an empty square to tick; its text is nothing


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph in one style; it wraps where there is no room."""

    text: str
    style: Style = Style.BODY


Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Lines below each other; `gap` points of space before. A heading stays with what follows."""

    lines: Cell
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads that stand again on every page; no row is cut that fits one page.

    `widths` are parts of the page, in any unit. `grid` draws the lines between columns, too;
    `whole` keeps all of it on one page; `pad` is the space in a cell above and below (points).
    """

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heads: tuple[str, ...] = ()
    grid: bool = False
    whole: bool = False
    pad: float = 3.0
    gap: float = 8.0


Block = Words | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document. What is empty in head and foot is left out.

    `title` says what it is, never of which case: viewers list titles. `made` is by whom, when, in
    which zone. `seals` bind the pages together, and to what they tell of: a hash, a fingerprint.
    """

    title: str
    blocks: tuple[Block, ...]
    made: str
    space: str = ""
    agreement: str = ""
    marks: str = ""
    seals: tuple[str, ...] = ()
    across: bool = False


@dataclass(frozen=True, slots=True)
class OfSpace:
    """Of which space a paper is, who made it when, and whose key that is."""

    title: str
    agreement: str
    made: str
    seals: tuple[str, ...] = ()


def cell(text: str, style: Style = Style.BODY) -> Cell:
    """A text of others or ours: each of its lines a line, without steering characters."""
    return tuple(Line(words.plain(one), style) for one in text.split("\n"))


def facts(rows: Iterable[tuple[str, str]], *, grid: bool = False) -> Table:
    """Two columns: what it is called, and what is said; an empty one is room for handwriting."""
    lines = tuple((cell(name, Style.SMALL), cell(said)) for name, said in rows)
    return Table((22, 78), lines, grid=grid)


def heading(text: str) -> Words:
    """What a part is called."""
    return Words(cell(text, Style.HEADING), gap=14)


def zoned(at: int, zone: tzinfo | None = None) -> str:
    """`18 Nov 2026, 14:05 UTC+01:00`: paper is read in other zones."""
    return f"{words.stamp(at, zone)} {dates.offset(words.when(at, zone))}"


def printed_by(me: Me, at: int) -> tuple[str, tuple[str, ...]]:
    """The foot of what somebody prints: who and when with its zone, and whose key that is."""
    who = ", ".join(words.plain(one) for one in (me.name, me.authority) if one)
    key = " ".join(words.grouped(me.safety_number))
    return f"{who}  ·  {zoned(at)}", (tr("Key of who made this: {key}", key=key),)
