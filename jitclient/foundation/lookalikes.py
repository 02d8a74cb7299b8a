"""Names that look like other names (UTS #39, section 4), and names that are oddly written.

A skeleton is what is left of a name when everything is gone that a reader does not see, or does not
notice: case, width, accents, spaces, invisible characters, and which of several alphabets a letter
is from. Two names with one skeleton look alike. It is compared and never shown.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import Final

from jitclient.foundation.confusables import LOOKS_LIKE

_PROTOTYPE: Final = {ord(c): shown for shown, every in LOOKS_LIKE.items() for c in every}
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
_JOINERS: Final = frozenset("\u200c\u200d")
_WRITTEN_TOGETHER: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_SEPARATE: Final = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN"})
"""Alphabets whose letters stand one by one: a joiner between them does nothing but hide."""

HIDDEN: Final = "This name contains characters that cannot be seen."
MIXED: Final = "This name mixes letters of different alphabets within a word."


@lru_cache(maxsize=65_536)
def skeletons(name: str) -> tuple[str, str]:
    """What a name looks like: by its shapes as they are, and by its letters whatever their case."""
    wide = unicodedata.normalize("NFKC", name)
    shapes = _bare(wide).translate(_PROTOTYPE).casefold()
    shapes = _bare(shapes).replace("rn", "m").replace("vv", "w").replace("i", "l")
    letters = _bare(wide.casefold())
    return (shapes, letters) if shapes and letters else (wide.casefold(), wide.casefold())


def alike(one: str, other: str) -> bool:
    """Whether a reader could take one name for the other."""
    return any(a == b for a, b in zip(skeletons(one), skeletons(other), strict=True))


@lru_cache(maxsize=4_096)
def oddity(name: str) -> str:
    """A sentence about how a name is written, empty when there is nothing to say."""
    if name.isascii():
        return ""
    words = unicodedata.normalize("NFC", name).split()
    if any(_hides(word) for word in words):
        return HIDDEN
    return MIXED if any(_mixes(word) for word in words) else ""


def _bare(text: str) -> str:
    """Letters and digits alone, without marks."""
    if text.isascii():
        return "".join(filter(str.isalnum, text))
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if unicodedata.category(c)[0] in "LN" and c not in _FILLERS)


def _hides(word: str) -> bool:
    unseen = (c in _FILLERS or unicodedata.category(c) == "Cf" for c in word if c not in _JOINERS)
    if any(unseen) or "\ufffd" in word:  # the last is how `text.visible` shows them
        return True
    around = pairwise(word)
    joined = word[:1] in _JOINERS or word[-1:] in _JOINERS
    return joined or any(b in _JOINERS and _alphabet(a) in _SEPARATE for a, b in around)


def _mixes(word: str) -> bool:
    found = {_alphabet(c) for c in word if unicodedata.category(c)[0] == "L"}
    found.discard("MODIFIER")
    return len(found - _WRITTEN_TOGETHER) + bool(found & _WRITTEN_TOGETHER) > 1


def _alphabet(char: str) -> str:
    """The first word of a character's name in Unicode: its script, for letters of names."""
    first = unicodedata.name(char, "").partition(" ")[0]
    return "LATIN" if first in {"FULLWIDTH", "MASCULINE", "FEMININE"} else first
