"""How far the review of an exhibit is, in words, and which exhibits a filter keeps. Pure.

Part of what both faces show, as `jitclient.views`. A filter is what a person types above the list
of exhibits: words, `tag:NAME`, `review:STATE`, `mark:CODE`, `authority:NAME` and `type:ENDING`,
each of which must hold; the same filter twice means either, and `tag:none` what has no tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

from jitclient import factviews
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
GROUPS: Final = ("tag", "review", "mark", "authority", "type")
"""What a filter may ask for, beside words."""
_TOKEN: Final = re.compile(
    r"(?:(?P<filter>tag|review|mark|authority|type):)?"
    r'(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it was understood; everything in lower case."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def understood(text: str) -> Filter:
    """What was typed, as a filter. Nothing that is typed is wrong."""
    words: list[str] = []
    asked: dict[str, list[str]] = {one: [] for one in GROUPS}
    for found in _TOKEN.finditer(text.casefold()):
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        asked.get(found["filter"], words).append(value)
    given = (tuple(asked[one]) for one in GROUPS)
    return Filter(tuple(filter(None, words)), *given)


def keeps(row: ExhibitRow, text: str) -> bool:
    """Whether a filter keeps a row: words stand in number, name, author, hash, facts or note."""
    asked = understood(text)
    return not any(_fails(row, asked, one) for one in GROUPS) and _has_words(row, asked)


def near(row: ExhibitRow, text: str) -> str | None:
    """Which one group of filters alone keeps a row away; empty: none does; None: more do."""
    asked = understood(text)
    failed = [one for one in GROUPS if _fails(row, asked, one)]
    if len(failed) > 1 or not _has_words(row, asked):
        return None
    return failed[0] if failed else ""


def values(row: ExhibitRow, group: str) -> tuple[str, ...]:
    """What a row has of a group, as it is shown."""
    match group:
        case "tag":
            return row.tags
        case "review":
            return (row.review,)
        case "authority":
            stated = [value for name, value in row.facts if name == "authority"]
            return tuple(one.replace('"', "") for one in stated)  # a filter quotes it
        case "type":
            ending = row.name.rpartition(".")[2] if "." in row.name else ""
            return (ending.casefold(),) if ending else ()
        case _:
            found = [one.replace('"', "") for one in factviews.marks(row.facts)]
            codes = [part for one in found if one[:1] == "H" for part in one.split("+")]
            return tuple(dict.fromkeys((*codes, *(one for one in found if one[:1] != "H"))))


def folded(value: str) -> str:
    """A value as filters compare it: neither case nor accents make two of one."""
    return fold(value)


def turned(text: str, group: str, value: str) -> str:
    """A filter with one more value of a group, or without it where it has it."""
    kept, gone = list[str](), False
    for found in _TOKEN.finditer(text):
        given = found["plain"] if found["quoted"] is None else found["quoted"]
        same = (found["filter"] or "").casefold() == group and fold(given) == fold(value)
        gone = gone or same
        if not same:
            kept.append(found[0])
    if not gone:
        kept.append(f'{group}:"{value}"' if " " in value else f"{group}:{value}")
    return " ".join(kept)


def asked(text: str, group: str) -> tuple[str, ...]:
    """Which values of a group a filter names."""
    return _of(understood(text), group)


def asks(text: str, group: str, value: str) -> bool:
    """Whether a filter names this value of a group."""
    return fold(value) in map(fold, asked(text, group))


def _of(asked: Filter, group: str) -> tuple[str, ...]:
    given = (asked.tags, asked.states, asked.marks, asked.authorities, asked.types)
    return given[GROUPS.index(group)]


def _fails(row: ExhibitRow, asked: Filter, group: str) -> bool:
    wanted = _of(asked, group)
    if not wanted:
        return False
    if group == "review":
        return not any(row.review.startswith(one) for one in wanted)
    has = [fold(one) for one in values(row, group)] or [NO_TAG]
    return not any(fold(one) in has for one in wanted)


def _has_words(row: ExhibitRow, asked: Filter) -> bool:
    if not asked.words:
        return True
    stated = " ".join(value for _, value in row.facts)
    known = f"{row.exhibit} {row.name} {row.author_name} {row.sha256} {stated} {row.note}"
    there = known.casefold()
    return all(word in there for word in asked.words)
