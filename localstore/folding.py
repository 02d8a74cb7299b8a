"""What two spellings of a word have in common: the form in which texts are searched.

Case, accents and typographic variants go; letters that have no accent to take away (ß ł ħ ø đ æ œ
ı, the Greek final sigma) become what people type instead. Both the texts and what is searched for
are folded, so that nothing has to be right but the same. Spec: docs/protocol/81-local-store.md §9.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

_SPELT: Final = {
    "Łł": "l", "Ħħ": "h", "Øø": "o", "Đđ": "d", "Ðð": "d", "Ææ": "ae", "Œœ": "oe", "ı": "i",
    "Þþ": "th", "Ŋŋ": "n", "Ŧŧ": "t", "ĸ": "k", "ŉ": "n",
    "‘’‚‛′`´": "'", "“”„‟″«»": '"', "‐‒–—―−": "-", "⁄": "/",
}  # fmt: skip


class _Table(dict[int, str | int | None]):
    """Learns each character when it first comes: all 1.1 million would take half a second."""

    def __missing__(self, code: int) -> str | int | None:
        char = chr(code)
        category = unicodedata.category(char)
        found: str | int | None = code
        if category in {"Mn", "Me", "Cf", "Cs"} or unicodedata.combining(char):
            found = None
        elif category == "Cc":
            found = " "
        self[code] = found
        return found


_TABLE: Final = _Table({ord(one): spelt for variants, spelt in _SPELT.items() for one in variants})


_PLAIN: Final = b"bcfgjmpqruvwxyz0123456789"
"""No letter that is spelt with another one, as ß or ł, becomes one of these."""
_OTHERS: Final = bytes(set(range(128)) - set(_PLAIN) - set(_PLAIN.upper()))
_SMALL: Final = bytes.maketrans(_PLAIN.upper(), _PLAIN.lower())


def fold(text: str) -> str:
    """The searched form of a text, in one line with single blanks and none at its ends.

    Folding twice changes nothing, and a text is folded letter by letter: see `folded_from`.
    """
    return " ".join(_letters(text).split())


def trace(text: str) -> bytes:
    """What of a text is left when only letters and digits count that nothing but themselves gives.

    `part in fold(text)` is false where `trace(part) in trace(text)` is; it takes a third of the
    time. Of a text without such letters nothing is left.
    """
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").translate(_SMALL, _OTHERS)


def folded_from(text: str) -> tuple[str, list[int]]:
    """`fold(text)`, and for each of its characters the place in `text` that it came from."""
    chars: list[str] = []
    places: list[int] = []
    for char, place in _spread(text):
        if char != " ":
            chars.append(char)
            places.append(place)
        elif chars and chars[-1] != " ":
            chars.append(" ")
            places.append(place)
    if chars and chars[-1] == " ":
        chars.pop()
        places.pop()
    return "".join(chars), places


def _spread(text: str) -> Iterator[tuple[str, int]]:
    for place, char in enumerate(text):
        for folded in _letters(char):
            yield (" " if folded.isspace() else folded), place


def _letters(text: str) -> str:
    if text.isascii() and text.isprintable() and "`" not in text:
        return text.lower()
    return unicodedata.normalize("NFKD", text).translate(_TABLE).casefold()
