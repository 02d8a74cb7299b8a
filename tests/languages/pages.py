"""The pieces of the help that are translated one by one, from the English pages."""

from __future__ import annotations

from functools import cache

from resources import path
from tests.languages.message import Message
from ui.help.book import NAMES
from ui.help.page import read


@cache
def pieces() -> dict[tuple[str, str], Message]:
    """Each title, heading, item, paragraph and link, in the order of the pages, once."""
    found: dict[tuple[str, str], Message] = {}
    for name in NAMES:
        for text in pieces_of(name, path(f"help/{name}.md").read_text(encoding="utf-8")):
            one = Message(text, where=f"help/{name}.md")
            found.setdefault(one.key, one)
    return found


def pieces_of(name: str, text: str) -> tuple[str, ...]:
    """Those of one page."""
    asked: list[str] = []

    def say(english: str) -> str:
        asked.append(english)
        return english

    read(name, text, say)
    return tuple(asked)
