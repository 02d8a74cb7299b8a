"""What a person types to search: words, "phrases", and filters as `from:moreau`. Pure.

    from:NAME      written or handed over by whoever has this in the name; `me` is oneself
    in:SPACE       in spaces that have this in the title
    type:WHAT      message, exhibit, image, video, audio, document, mail, archive, or an extension
    exhibit:NUMBER exhibits whose number begins so
    tag:NAME       exhibits that this person gave the tag; none is without any
    review:STATE   new, in-review, reviewed, flagged, or how one begins
    before:DAY     earlier than that day; 2026-11-02, 2026-11 or 2026
    after:DAY      on that day or later

Every word must be found and every filter hold; the same filter twice means either. What begins
like none of these is a word, so that 12:30 and https://… can be looked for as they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from jitclient.reviewviews import ReviewState
from protocol.errors import BadInputError

MAX_QUERY_CHARS: Final = 500
MAX_WORDS: Final = 16
FILTERS: Final = ("from", "in", "type", "exhibit", "tag", "review", "before", "after")
"""In the order in which they are offered."""
TYPES: Final = (
    "message", "exhibit", "image", "video", "audio", "document", "mail", "archive",
)  # fmt: skip
"""Types that are no file extensions."""

STATES: Final = tuple(one.value for one in ReviewState)

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_TOKEN: Final = re.compile(
    r'(?:(?P<filter>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))'
)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)
_DOTTED: Final = re.compile(r"(\d\d?)[./](\d\d?)[./](\d{4})", re.ASCII)
_EXTENSION: Final = re.compile(r"\.?([\w+-]{1,20})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as it was understood; words and names as they were typed."""

    words: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    types: tuple[str, ...] = ()  # lower case, without a point
    numbers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()  # beginnings of states
    before: date | None = None
    after: date | None = None


@dataclass(slots=True)
class _Read:
    words: list[str] = field(default_factory=list)
    filters: dict[str, list[str]] = field(default_factory=dict)


def parse(text: str) -> Query:
    """Understand what was typed.

    Raises:
        BadInputError: nothing to look for, too much of it, or a filter without a usable value.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise BadInputError(
            f"This is too long to look for: {len(text)} characters, at most {MAX_QUERY_CHARS}."
        )
    read = _read(text)
    if not read.words and not read.filters:
        raise BadInputError("Type what to look for.")
    if len(read.words) + sum(map(len, read.filters.values())) > MAX_WORDS:
        raise BadInputError(f"At most {MAX_WORDS} words and filters can be looked for at once.")
    befores = [_day("before", given) for given in read.filters.get("before", ())]
    afters = [_day("after", given) for given in read.filters.get("after", ())]
    before, after = min(befores, default=None), max(afters, default=None)
    if before is not None and after is not None and after >= before:
        raise BadInputError("No day is both in after: and in before:, so nothing can be found.")
    return Query(
        words=tuple(read.words),
        authors=tuple(read.filters.get("from", ())),
        spaces=tuple(read.filters.get("in", ())),
        types=tuple(_type(given) for given in read.filters.get("type", ())),
        numbers=tuple(read.filters.get("exhibit", ())),
        tags=tuple(read.filters.get("tag", ())),
        reviews=tuple(_review(given) for given in read.filters.get("review", ())),
        before=before,
        after=after,
    )


def _read(text: str) -> _Read:
    read = _Read()
    for found in _TOKEN.finditer(text.translate(_QUOTES)):
        name = (found["filter"] or "").lower()
        value = found["plain"] if found["quoted"] is None else found["quoted"].strip()
        if name in FILTERS:
            if not value:
                raise BadInputError(f"{name}: needs {_NEEDS[name]} behind it, without a blank.")
            read.filters.setdefault(name, []).append(value)
        elif name:
            read.words.append(f"{found['filter']}:{value}")
        elif value:
            dangling = value.lower().removesuffix(":")
            if value.endswith(":") and dangling in FILTERS:
                raise BadInputError(
                    f"{dangling}: needs {_NEEDS[dangling]} behind it, without a blank."
                )
            read.words.append(value)
    return read


_NEEDS: Final = {
    "from": "a name",
    "in": "a part of a space's title",
    "type": "a type",
    "exhibit": "an exhibit number",
    "tag": "a tag",
    "review": f"one of {', '.join(STATES)}",
    "before": "a date as 2026-11-02",
    "after": "a date as 2026-11-02",
}


def _day(name: str, given: str) -> date:
    found = _DAY.fullmatch(given)
    dotted = _DOTTED.fullmatch(given)
    try:
        if found is not None:
            year, month, day = (int(part or 1) for part in found.groups())
            return date(year, month, day)
        if dotted is not None:
            day, month, year = map(int, dotted.groups())
            return date(year, month, day)
    except ValueError:
        raise BadInputError(f"{name}: there is no such day.") from None
    raise BadInputError(f"{name}: needs a date as 2026-11-02, 2026-11, 2026 or 2.11.2026.")


def _review(given: str) -> str:
    state = given.lower()
    if not any(one.startswith(state) for one in STATES):
        raise BadInputError(f"review: is one of {', '.join(STATES)}.")
    return state


def _type(given: str) -> str:
    found = _EXTENSION.fullmatch(given)
    if found is None:
        raise BadInputError(
            f"type: is one of {', '.join(TYPES)}, or a file's extension such as pdf."
        )
    return found[1].lower()
