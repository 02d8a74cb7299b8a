"""What every catalogue must hold, whoever edited it."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from babel import Locale

from tests.architecture.tree import ROOT
from tests.languages.catalogues import CLDR, forms, from_cldr, load, path_of
from tests.languages.lower import FILE, listed, lower
from tests.languages.rules import places
from tests.languages.source import files, has_text, literals, messages
from ui.language.catalogue import choose
from ui.language.dates import clock
from ui.language.known import COMPLETE, NAMES
from ui.language.po import Key, read

TRANSLATED = sorted(set(NAMES) - {"en"})
OFFERED = [code for code in TRANSLATED if code in COMPLETE]
YOUNGER = 0.15
"""The share of sentences that may be younger than the last round of translation: they are shown in
English until then. `make languages` lists them."""
RARE = FILE.relative_to(ROOT).as_posix()


def _said(code: str) -> dict[Key, tuple[str, ...]]:
    return read(path_of(code).read_text(encoding="utf-8")).forms


def test_no_literal_of_a_screen_goes_past_the_catalogues() -> None:
    """Wrap it: `tr("…")`, `trn(one, more, count)`; see ui/language and ADR 44."""
    bare = [
        f"{name}:{node.lineno}: {text!r}"
        for name, tree in files()
        if has_text(name)
        for node, text in literals(tree, inside=True)
    ]

    assert bare == []


@pytest.mark.parametrize("code", OFFERED)
def test_an_offered_language_says_everything(code: str) -> None:
    said = _said(code)

    window = [key for key, one in messages().items() if one.where != RARE]
    lacking = [key for key in window if key not in said]

    assert len(lacking) <= YOUNGER * len(window), lacking


def test_the_list_of_rare_sentences_is_that_of_the_sources() -> None:
    """To mend: `make languages`. A few may be younger than the list; they are shown in English."""
    lacking = set(lower()) - set(listed())

    assert len(lacking) <= YOUNGER * len(lower()), lacking


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_places_of_its_source_and_no_other(code: str) -> None:
    wrong = []
    for key, said in _said(code).items():
        known = messages().get(key)
        source = places(key[1]) | (places(known.plural) if known is not None else set())
        if key in from_cldr(code):
            continue  # held to the CLDR itself, below
        for form in said:  # a form for exactly one or two may leave the number out
            fits = places(form) <= source if len(said) > 1 else places(form) == source
            wrong += [] if fits else [(key[1], form)]

    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_plural_forms_are_those_of_the_cldr(code: str) -> None:
    """Two numbers share a form exactly where they share a category of the CLDR."""
    rule = Locale.parse(CLDR.get(code, code)).plural_form
    plural = read(path_of(code).read_text(encoding="utf-8")).plural
    categories = defaultdict(set)

    for count in range(1001):
        categories[plural(count)].add(rule(count))

    assert all(len(names) == 1 for names in categories.values()), dict(categories)
    assert len({next(iter(names)) for names in categories.values()}) == len(categories)
    assert sorted(categories) == list(range(forms(code)))


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_counts_has_every_form_and_no_other(code: str) -> None:
    said = _said(code)

    wrong = {
        one.text: len(said[one.key])
        for one in messages().values()
        if one.plural and one.key in said and len(said[one.key]) != forms(code)
    }

    assert wrong == {}


@pytest.mark.parametrize("code", TRANSLATED)
def test_dates_and_numbers_are_written_as_the_cldr_says(code: str) -> None:
    said = _said(code)

    assert {key: said[key][0] for key in from_cldr(code)} == from_cldr(code)


@pytest.mark.parametrize("code", list(NAMES))
def test_a_time_of_day_says_hour_and_minute_and_no_two_are_alike(code: str) -> None:
    choose(code)
    said = [clock(datetime(2026, 11, 2, at // 60, at % 60, tzinfo=UTC)) for at in range(1440)]
    choose("en")

    assert len(set(said)) == len(said)
    assert all(re.fullmatch(r"\d?\d[.:]\d\d( [^a-zA-Z\d]+)?", one) for one in said), said[0]


@pytest.mark.parametrize("code", TRANSLATED)
def test_our_reader_reads_a_catalogue_as_babel_does(code: str) -> None:
    theirs = {
        (one.context or "", one.id[0] if isinstance(one.id, tuple | list) else str(one.id)): (
            tuple(one.string) if isinstance(one.string, tuple | list) else (one.string,)
        )
        for one in load(code)
        if one.id
    }

    assert _said(code) == {key: text for key, text in theirs.items() if all(text)}


@pytest.mark.parametrize("code", OFFERED)
def test_no_translation_ends_otherwise_than_its_source(code: str) -> None:
    """A lost ellipsis promises that no dialog follows; a lost colon joins what is apart."""
    wrong = [
        (text, form)
        for (_, text), said in _said(code).items()
        for form in said
        if text.endswith("…") != form.endswith("…") and not form.endswith("…»")
    ]

    assert wrong == []


def test_all_official_languages_have_a_catalogue_and_a_name() -> None:
    assert len(NAMES) == 24
    assert all(path_of(code).is_file() for code in TRANSLATED)
