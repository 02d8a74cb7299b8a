"""How far the review of an exhibit is, in words, and which exhibits a filter keeps. Pure.

Part of what both faces show, as `jitclient.views`. A filter is what a person types above the list
of exhibits: words, `tag:NAME` and `review:STATE`, each of which must hold; the same filter twice
means either, and `tag:none` what has no tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from jitclient.timeline_rows import ExhibitRow
from localstore.folding import fold


class ReviewState(Enum):
    """How far this person is with an exhibit."""

    NEW = "new"
    IN_REVIEW = "in-review"
    REVIEWED = "reviewed"
    FLAGGED = "flagged"  # looked at, and somebody must come back to it


WORDS: Final = {
    ReviewState.NEW: "New",
    ReviewState.IN_REVIEW: "In review",
    ReviewState.REVIEWED: "Reviewed",
    ReviewState.FLAGGED: "Flagged",
}
NO_TAG: Final = "none"
_TOKEN: Final = re.compile(
    r'(?:(?P<filter>tag|review):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it was understood; everything in lower case."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def understood(text: str) -> Filter:
    """What was typed, as a filter. Nothing that is typed is wrong."""
    words, tags, states = [], [], []
    for found in _TOKEN.finditer(text.casefold()):
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        match found["filter"]:
            case "tag":
                tags.append(value)
            case "review":
                states.append(value)
            case _:
                words.append(value)
    return Filter(tuple(filter(None, words)), tuple(tags), tuple(states))


def keeps(row: ExhibitRow, text: str) -> bool:
    """Whether a filter keeps a row: words stand in number, name, author, hash, facts or note."""
    asked = understood(text)
    if asked.states and not any(row.review.startswith(one) for one in asked.states):
        return False
    if asked.tags:
        has = [fold(tag) for tag in row.tags] or [NO_TAG]
        if not any(fold(one) in has for one in asked.tags):
            return False
    if not asked.words:
        return True
    stated = " ".join(value for _, value in row.facts)
    known = f"{row.exhibit} {row.name} {row.author_name} {row.sha256} {stated} {row.note}"
    there = known.casefold()
    return all(word in there for word in asked.words)
