"""What the search sheet shows."""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.searchviews import Marked
from protocol.ids import FileId, MessageId, SpaceId
from ui.errors.cards import ErrorCard


@dataclass(frozen=True, slots=True)
class HitItem:
    """One row: a message (`file` is None) or an exhibit. `about` says who, when and where."""

    space: SpaceId
    message: MessageId | None
    file: FileId | None
    about: str
    exact: str
    head: Marked
    below: Marked | None


@dataclass(frozen=True, slots=True)
class SearchState:
    """The field, the scope, the rows; `said` is a sentence under the field."""

    text: str = ""
    here: SpaceId | None = None
    title: str = ""
    everywhere: bool = False
    hits: tuple[HitItem, ...] = ()
    more: bool = False
    busy: bool = False
    searched: bool = False  # `hits` belong to `text`
    said: str = ""
    indexed: int = 100
    problem: ErrorCard | None = None
