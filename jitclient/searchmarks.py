"""Where in a text the words that were looked for stand, and the part of it that is shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jitclient.foundation.text import visible
from jitclient.searchviews import Marked
from localstore.folding import fold, folded_from

SHOWN_CHARS: Final = 240
_LEAD: Final = 60  # shown before the first mark
_PIECE: Final = 4_000  # a long text is folded in pieces, until one has a word
_OVERLAP: Final = 600  # longer than a query


def marked(text: str, terms: Sequence[str], *, label: str = "") -> Marked:
    """The part of `text` around the first of the (folded) terms, with all of them marked."""
    start = _piece(text, terms)
    piece = text[start : start + _PIECE]
    found = _places(piece, terms)
    first = found[0][0] if found else 0
    begin = _begin(piece, max(0, first - _LEAD)) if first > SHOWN_CHARS // 2 else 0
    end = min(len(piece), begin + SHOWN_CHARS)
    before = "…" if start + begin else ""
    after = "…" if start + end < len(text) else ""
    shift = len(before) - begin
    inside = [(max(a, begin), min(b, end)) for a, b in found if a < end and b > begin]
    return Marked(
        text=before + _line(piece[begin:end]) + after,
        marks=tuple((a + shift, b + shift) for a, b in inside),
        label=label,
    )


def places(text: str, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """(start, end) of every place of a whole text where one of the (folded) terms stands."""
    return tuple(_places(text, terms))


def has(text: str, terms: Sequence[str]) -> bool:
    """Whether one of the terms stands in it."""
    folded = fold(text)
    return any(term in folded for term in terms)


def _line(text: str) -> str:
    """In one line, as many characters as before."""
    return visible("".join(" " if one in "\n\r\t" else one for one in text))


def _begin(piece: str, at: int) -> int:
    """The beginning of a word at or shortly after a place."""
    blank = piece.find(" ", at, at + _LEAD // 2)
    return blank + 1 if at and blank >= 0 else at


def _piece(text: str, terms: Sequence[str]) -> int:
    """Where the first piece begins that has one of the terms."""
    for start in range(0, len(text), _PIECE - _OVERLAP):
        if has(text[start : start + _PIECE], terms):
            return start
    return 0


def _places(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """(start, end) of every place where a term stands, in order, those that touch as one."""
    folded, places = folded_from(text)
    found: list[tuple[int, int]] = []
    for term in terms:
        at = folded.find(term) if term else -1
        while at >= 0:
            end = at + len(term)
            found.append((places[at], _after(text, places, end)))
            at = folded.find(term, end)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _after(text: str, places: list[int], end: int) -> int:
    """Where in the text ends what ends at `end` in its folded form: accents belong to it."""
    last = places[end - 1] + 1
    following = places[end] if end < len(places) else len(text)
    while last < following and not fold(text[last]) and not text[last].isspace():
        last += 1
    return last
