"""What is marked is what was found, wherever it stands and however it is spelt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient.searchmarks import SHOWN_CHARS, marked, places
from localstore.folding import fold


def shown(text: str, *terms: str) -> list[str]:
    line = marked(text, [fold(term) for term in terms])
    return [line.text[start:end] for start, end in line.marks]


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("Die Straße, die STRASSE", "strasse", ["Straße", "STRASSE"]),
        ("Συνάντηση στην Αθήνα", "αθηνα", ["Αθήνα"]),
        ("e\u0301te\u0301 et hiver", "ete", ["e\u0301te\u0301"]),
        ("red  \n van", "red van", ["red    van"]),
        ("vanvan", "van", ["vanvan"]),
        ("nothing of it", "van", []),
        ("Æro", "e", ["Æ"]),
    ],
)
def test_the_letters_that_were_found_are_marked(text: str, term: str, found: list[str]) -> None:
    assert shown(text, term) == found


def test_a_long_text_is_shown_where_it_was_found() -> None:
    text = "word " * 20_000 + "the red van " + "word " * 20_000

    line = marked(text, ["red van"])

    assert [line.text[a:b] for a, b in line.marks] == ["red van"]
    assert line.text.startswith("…")
    assert line.text.endswith("…")
    assert len(line.text) <= SHOWN_CHARS + 2


def test_what_would_disguise_a_text_is_made_visible() -> None:
    line = marked("see \u202egpj.exe\n now", ["exe"])

    assert line.text == "see \ufffdgpj.exe  now"
    assert [line.text[a:b] for a, b in line.marks] == ["exe"]


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=5), max_size=3))
def test_marks_are_in_order_inside_and_apart(text: str, terms: list[str]) -> None:
    line = marked(text, [fold(term) for term in terms if fold(term)])

    edges = [edge for mark in line.marks for edge in mark]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(line.text) for edge in edges)


def test_places_are_those_of_the_text_as_it_stands_folded_or_not() -> None:
    text = "Straße, STRASSE und Łódź"

    found = [text[a:b] for a, b in places(text, ["strasse", "lodz"])]

    assert found == ["Straße", "STRASSE", "Łódź"]
    assert places("", ["x"]) == places("abc", []) == ()
