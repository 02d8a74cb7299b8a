"""A page of the help, read from plain text. Pure.

The form is a small part of Markdown: `# title`, `## section`, paragraphs, `- ` and `1. ` items,
`words: ` in bold before a text, and lines `→ [words](page#section), …`. `{send}` is the key of
that name in the table of keys. Everything else is shown as it is typed.

The form and the names of sections are those of the English page. In another language each title,
heading, item, paragraph and link is said by itself: `read` asks for it with the English as it
stands on the page, in one line, without the mark of an item.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ui.shortcuts import key

_KEY: Final = re.compile(r"\{([a-z0-9-]+)\}")
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([a-z0-9#-]+)\)")
_NUMBER: Final = re.compile(r"\d+\. ")
_APART: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A page by its name, and a section of it; empty is its beginning."""

    page: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `mark` stands before it: a dot or a number of a list."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A word and what it means, or what is done and the key that does it."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Leads to another place of the help."""

    words: str
    to: Place


Block = Words | Pair | Link


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (empty at the beginning of a page) and what stands below it."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `english` if a part of it is not said in the language in use."""

    name: str
    title: str
    sections: tuple[Section, ...]
    english: bool = False


Say = Callable[[str], str]
"""Gives a piece of a page in the language in use."""


def read(name: str, text: str, say: Say = str) -> Page:
    """The page of this text; `name` is how others link to it."""
    title, sections = "", [Section("", "", ())]
    for part in re.split(r"\n\s*\n", text.strip()):
        first = part.split("\n", 1)[0]
        if first.startswith("# "):
            title = say(first[2:].strip())
        elif first.startswith("## "):
            heading = first[3:].strip()
            sections.append(
                Section(named(heading), heading if _is_code(heading) else say(heading), ())
            )
        else:
            last = sections[-1]
            sections[-1] = Section(last.name, last.title, (*last.blocks, *_blocks(part, say)))
    return Page(name, title, tuple(one for one in sections if one.name or one.blocks))


def named(heading: str) -> str:
    """The name of a section, by which it is linked."""
    return _APART.sub("-", heading.lower()).strip("-")


def place(text: str) -> Place:
    """`page#section`."""
    page, _, section = text.partition("#")
    return Place(page, section)


def _is_code(heading: str) -> bool:
    """The code of an error is no word of any language."""
    return heading == named(heading)


def _blocks(part: str, say: Say) -> tuple[Block, ...]:
    """An item or a line of links begins a block; other lines go on with the one before."""
    lines: list[str] = []
    for line in part.split("\n"):
        begins = line.startswith(("- ", "→ ")) or _NUMBER.match(line)
        if begins or not lines:
            lines.append(line.strip())
        else:
            lines[-1] += " " + line.strip()
    return tuple(block for line in lines for block in _block(line, say))


def _block(line: str, say: Say) -> tuple[Block, ...]:
    if line.startswith("→ "):
        return tuple(Link(say(words), place(to)) for words, to in _LINK.findall(line))
    number = _NUMBER.match(line)
    if number is not None:
        return (Words(_keyed(say(line[number.end() :])), number[0].strip()),)
    if not line.startswith("- "):
        return (Words(_keyed(say(line))),)
    said = _keyed(say(line[2:]))
    term, colon, text = said.partition(":: ")
    return (Pair(term, text),) if colon else (Words(said, "•"),)


def _keyed(said: str) -> str:
    return _KEY.sub(lambda found: key(found[1]).label, said)
