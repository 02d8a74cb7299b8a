"""How well a name fits a few typed letters. Pure; both are folded as texts are for searching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_WITHIN: Final = 20  # stands in the middle of a word
_APART: Final = 100  # its letters stand apart
_LOOSEST: Final = 3  # times as long as what was typed


def fit(words: Sequence[str], text: str) -> int | None:
    """How far from a name that begins so, 0 is best; None where some word is not in it.

    Args:
        words: what was typed, folded, in words.
        text: a name, folded.
    """
    total = 0
    for word in words:
        one = _fit(word, text)
        if one is None:
            return None
        total += one
    return total


def _fit(word: str, text: str) -> int | None:
    if text.startswith(word):
        return 0
    if f" {word}" in text:
        return 1
    if word in text:
        return _WITHIN
    return _apart(word, text) if len(word) > 1 else None


def _apart(word: str, text: str) -> int | None:
    """Its letters one after the other, the first at the beginning of a word."""
    best: int | None = None
    for at, char in enumerate(text):
        if char == word[0] and (at == 0 or not text[at - 1].isalnum()):
            end = _end(word, text, at)
            spread = end - at
            if end and spread <= _LOOSEST * len(word) and (best is None or spread < best):
                best = spread
    return None if best is None else _APART + best


def _end(word: str, text: str, at: int) -> int:
    """Behind the last of the letters; 0 where one is missing."""
    for char in word:
        at = text.find(char, at) + 1
        if not at:
            return 0
    return at
