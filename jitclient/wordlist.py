"""The 2048 words of recovery sheets: BIP-39's English list (resources/words)."""

from __future__ import annotations

from functools import cache

from resources import path


@cache
def listed() -> tuple[str, ...]:
    """All words, in the order that gives them their numbers."""
    return tuple(path("words/english.txt").read_text(encoding="ascii").split())
