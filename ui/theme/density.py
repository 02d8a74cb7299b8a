"""Two densities: how high rows are and how much air stands around what they hold.

Pixels at 100 %; whoever uses a height multiplies it with the text size (`fonts.px`). Type sizes,
targets (24 px) and everything outside lists, tables and the timeline are the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """One complete set; it is always applied as a whole."""

    name: str
    space: int  # a row of the sidebar
    exhibit: int
    transfer: int
    person: int
    hit: int  # of a search
    entry: int  # a row of one line
    head: int  # above and below the words of a table's header
    item: int  # above and below the words of a menu
    before: int  # above a message whose author is named
    bubble: int  # above and below the text of a message
    between: int  # below a message, and between its text and its state


COMFORTABLE: Final = Density(
    name="comfortable",
    space=60,
    exhibit=58,
    transfer=72,
    person=56,
    hit=84,
    entry=40,
    head=8,
    item=6,
    before=12,
    bubble=9,
    between=4,
)

COMPACT: Final = Density(
    name="compact",
    space=46,
    exhibit=46,
    transfer=60,
    person=44,
    hit=70,
    entry=28,
    head=4,
    item=3,
    before=8,
    bubble=5,
    between=2,
)

ALL: Final = {one.name: one for one in (COMFORTABLE, COMPACT)}
