"""The help in other languages: honest about what is not translated, never stale."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from resources import path
from tests.languages.catalogues import HELP, forms, path_of, said
from tests.languages.pages import pieces, pieces_of
from tests.languages.rules import wrong
from ui.help import spoken
from ui.help.book import NAMES, Book
from ui.help.page import Link, Pair, Place, read
from ui.help.page import Words as Said
from ui.language import choose
from ui.language.known import NAMES as LANGUAGES
from ui.language.po import Catalogue, Key

SPOKEN = [code for code in sorted(set(LANGUAGES) - {"en"}) if path_of(code, HELP).exists()]
PAGE = "# Title\n\nPress {send} to go on.\n\n- Failed:: It stopped.\n\n→ [Limits](limits)"
GERMAN = {
    "Title": "Titel",
    "Press {send} to go on.": "Weiter mit {send}.",
    "Failed:: It stopped.": "Gescheitert:: Es hielt an.",
    "Limits": "Grenzen",
}


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    choose("en")


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A catalogue of the page above; a test takes from it what it likes."""
    words = dict(GERMAN)
    monkeypatch.setattr(
        spoken, "_catalogue", lambda _: Catalogue({("", one): (t,) for one, t in words.items()})
    )
    return words


def test_a_page_that_is_translated_is_said_whole_and_keeps_its_form(german: dict[str, str]) -> None:
    choose("de")
    page = spoken.said("x", PAGE, "de")
    choose("en")

    assert page.title == "Titel"
    assert page.sections[0].blocks == (
        Said("Weiter mit Strg+Eingabe."),
        Pair("Gescheitert", "Es hielt an."),
        Link("Grenzen", Place("limits")),
    )
    assert not page.english


@pytest.mark.parametrize("piece", GERMAN)
def test_a_piece_whose_english_has_changed_is_said_in_english_and_the_page_says_so(
    piece: str, german: dict[str, str]
) -> None:
    changed = PAGE.replace(piece.partition("::")[0], piece.partition("::")[0] + " X")

    page = spoken.said("x", changed, "de")

    assert page.english
    assert " X" in str(page)


def test_the_english_page_asks_for_no_translation_and_says_nothing_of_one() -> None:
    assert not any(one.english for one in Book().pages.values())


def test_what_is_shown_is_what_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    words: dict[Key, tuple[str, ...]] = {("", "Go anywhere"): ("Ψάξε παντού",)}
    monkeypatch.setattr(spoken, "_catalogue", lambda _: Catalogue(words))
    choose("el")
    book = Book()
    choose("en")

    assert [one.at for one in book.find("ψαξε")] == [Place("keyboard", "go-anywhere")]
    assert Place("keyboard", "go-anywhere") not in [one.at for one in book.find("go anywhere")]


def test_the_codes_of_errors_are_not_translated() -> None:
    assert not [text for _, text in pieces() if text == "store-unreachable"]


@pytest.mark.parametrize("name", NAMES)
def test_every_piece_of_a_page_is_asked_for(name: str) -> None:
    """What a page shows in English is all in the catalogue's sources, but for codes and keys."""
    text = path(f"help/{name}.md").read_text(encoding="utf-8")

    marked = read(name, text, lambda english: f"~{english}")

    for section in marked.sections:
        assert section.title.startswith("~") or section.name in ("", section.title)
        for block in section.blocks:
            shown = {Said: "text", Pair: "term", Link: "words"}[type(block)]
            assert getattr(block, shown).startswith("~"), block
    assert marked.title.startswith("~")
    assert pieces_of(name, text)


@pytest.mark.parametrize("code", SPOKEN)
def test_a_translation_of_the_help_keeps_keys_pairs_and_ends(code: str) -> None:
    known = said(code, HELP)

    odd = {
        key[1]: why
        for key, one in pieces().items()
        if key in known and (why := wrong(one, known[key][0], code, forms(code)))
    }

    assert odd == {}


@pytest.mark.parametrize("code", SPOKEN)
def test_every_link_of_a_spoken_page_leads_where_the_english_one_does(code: str) -> None:
    english = Book().pages
    choose(code)
    there = Book().pages
    choose("en")

    for name, page in there.items():
        assert [one.name for one in page.sections] == [one.name for one in english[name].sections]
