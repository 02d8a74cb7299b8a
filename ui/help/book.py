"""All pages of the help: those that are written, and the two that tables of the product make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from jitclient.searchviews import folded
from ui.errors.cards import said
from ui.errors.table import CARDS
from ui.help.page import Page, Pair, Place, Section, Words, named
from ui.help.spoken import written
from ui.language import tr
from ui.shortcuts import KEYS

FIRST: Final = "first-steps"
NAMES: Final = (
    FIRST,
    "training",
    "spaces",
    "messages",
    "evidence",
    "people",
    "devices",
    "offline",
    "closing",
    "settings",
    "keyboard",
    "errors",
    "accessibility",
    "limits",
)
"""In the order in which they are listed."""
_EXCERPT: Final = 110


@dataclass(frozen=True, slots=True)
class Found:
    """A section that has what was looked for."""

    at: Place
    title: str
    excerpt: str


class Book:
    """Read once when the help is opened, in the language of that moment."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {name: _page(name) for name in NAMES}
        self._searched = [
            (folded(f"{page.title} {section.title}"), folded(_text(section)), page, section)
            for page in self.pages.values()
            for section in page.sections
        ]

    def section(self, at: Place) -> Section | None:
        """The section of a place, if it exists; the beginning of a page is its first."""
        page = self.pages.get(at.page)
        if page is None:
            return None
        if not at.section:
            return page.sections[0]
        return next((one for one in page.sections if one.name == at.section), None)

    def find(self, text: str) -> tuple[Found, ...]:
        """Sections with all of the words, those first that have them in their titles."""
        terms = folded(text).split()
        if not terms:
            return ()
        hits = []
        for titles, body, page, section in self._searched:
            both = f"{titles} {body}"
            if all(term in both for term in terms):
                rank = sum(term not in titles for term in terms)
                hits.append((rank, Found(*_shown(page, section, terms))))
        return tuple(found for _, found in sorted(hits, key=lambda hit: hit[0]))


def _shown(page: Page, section: Section, terms: list[str]) -> tuple[Place, str, str]:
    title = f"{page.title} · {section.title}" if section.title else page.title
    lines = [_line(block) for block in section.blocks]
    best = next((one for one in lines if any(term in folded(one) for term in terms)), "")
    return Place(page.name, section.name), title, _short(best or next(iter(lines), ""))


def _short(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[: text.rfind(" ", 0, _EXCERPT)] + " …"


def _line(block: object) -> str:
    match block:
        case Words(text):
            return text
        case Pair(term, text):
            return f"{term}: {text}"
        case _:
            return ""


def _text(section: Section) -> str:
    return " ".join(_line(block) for block in section.blocks)


def _page(name: str) -> Page:
    page = written(name)
    match name:
        case "keyboard":
            return replace(page, sections=(*page.sections, *_keys()))
        case "errors":
            return replace(page, sections=_errors(page))
        case _:
            return page


def _keys() -> tuple[Section, ...]:
    """From the table that binds them."""
    groups = dict.fromkeys(one.group for one in KEYS)
    return tuple(
        Section(
            named(group),
            tr(group),
            tuple(Pair(one.label, tr(one.words)) for one in KEYS if one.group == group and one.row),
        )
        for group in groups
    )


def _errors(page: Page) -> tuple[Section, ...]:
    """What the page says of a code, between the title and the advice of its card."""
    made = []
    for section in page.sections:
        card = CARDS.get(section.title)
        if card is None:
            made.append(section)
            continue
        title, safe, todo = (said(one) for one in card)
        advice = (Pair(tr("What is safe"), safe), Pair(tr("What to do"), todo))
        made.append(Section(section.name, f"{title} ({section.title})", (*section.blocks, *advice)))
    return tuple(made)
