"""What a search shows: rows ready to print or to paint, as those of `jitclient.views`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from jitclient.timeline_rows import ExhibitState
from localstore.folding import fold
from protocol.ids import FileId, MessageId, SpaceId, UserId

Place: TypeAlias = tuple[SpaceId, str]
"""A space, and the table of it that is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A line of text and what was found in it: (start, end) in characters, in order.

    `text` was cleaned for display; `label` names the fact it is, empty for a message or a name.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One message or one exhibit (`file` is None for a message) that was found."""

    space: SpaceId
    space_title: str
    message: MessageId | None
    file: FileId | None
    author: UserId
    author_name: str
    mine: bool
    at: int
    heading: Marked  # of an exhibit: its number and file name; empty for a message
    lines: tuple[Marked, ...]
    state: ExhibitState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The newest hits, and where the next page begins: `below` is given back to get it."""

    hits: tuple[SearchHit, ...]
    more: bool
    below: Mapping[Place, int] = field(default_factory=dict)
    hints: tuple[str, ...] = ()  # why nothing can be found, where that is known
    indexed: int = 100  # percent; below 100 older rows may be missing


def folded(text: str) -> str:
    """The form in which texts are searched, for what the window searches by itself."""
    return fold(text)
