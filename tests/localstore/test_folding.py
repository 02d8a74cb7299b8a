"""Folding brings spellings together, changes nothing twice, and knows where each letter was."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstore.folding import fold, folded_from, trace


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("αθηνα", "Αθήνα"),
        ("οδος", "ΟΔΌΣ"),
        ("lodz", "Łódź"),
        ("strasse", "Straße"),
        ("STRASSE", "straße"),
        ("hal", "Ħal"),
        ("софия", "СОФИЯ"),
        ("ѝ", "и"),
        ("smorrebrod", "Smørrebrød"),
        ("oeuvre", "Œuvre"),
        ("dakovo", "Đakovo"),
        ("aero", "Ærø"),
        ("diyarbakir", "DİYARBAKIR"),
        ("l'enquete", "L’enquête"),
        ("stefan", "Ștefan"),
        ("fichier", "ﬁchier"),
        ("a b", " a \t\n\u00a0 B "),
        ("ab", "a\u00adb"),
        ("ab", "a\u202eb"),
        ("a b", "a\0b"),
    ],
)
def test_what_is_typed_and_what_is_written_are_one(typed: str, written: str) -> None:
    assert fold(typed) == fold(written)


def test_folding_twice_changes_nothing_whatever_the_character() -> None:
    for code in range(sys.maxunicode + 1):
        once = fold(f"x{chr(code)}x")

        assert fold(once) == once


@given(st.text())
def test_letters_are_folded_one_by_one_and_their_places_are_known(text: str) -> None:
    folded, places = folded_from(text)

    assert folded == fold(text)
    assert len(places) == len(folded)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(), st.text())
def test_a_part_of_a_text_is_found_in_it_after_folding(before: str, part: str) -> None:
    assert fold(part) in fold(f"{before}{part}")


def test_no_character_leaves_a_trace_that_its_folding_has_not() -> None:
    wrong = [
        code
        for code in range(0x110000)
        if trace(chr(code)) != trace(fold(chr(code))) and not 0xD800 <= code <= 0xDFFF
    ]

    assert wrong == []


_LETTERS = st.sampled_from([*"Straße Łódź ΑΘΉΝΑ ﬁ x12 Kg\t", "e\u0301", "\u0149", "\u212a"])


@given(st.lists(_LETTERS), st.data())
def test_what_stands_in_a_text_leaves_its_trace_there(
    parts: list[str], data: st.DataObject
) -> None:
    text = fold("".join(parts))
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))

    assert trace(text[begin:end]) in trace("".join(parts))
