"""Names that a reader could take for one another, and names that are oddly written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient.foundation.confusables import LOOKS_LIKE
from jitclient.foundation.lookalikes import HIDDEN, MIXED, alike, oddity

LETTERS = "abcdefghjkmopqrstuxyzABCDEFGHJKLMNOPQRSTUVWXYZ"
NAMES = st.text(LETTERS, min_size=1, max_size=20)
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\u2800\ufe0f "


@given(NAMES, st.data())
def test_letters_of_another_alphabet_change_no_look(name: str, data: st.DataObject) -> None:
    drawn = "".join(data.draw(st.sampled_from(c + LOOKS_LIKE.get(c, ""))) for c in name)

    assert alike(name, drawn)
    assert alike(drawn, name)


@given(NAMES, st.data())
def test_what_is_not_seen_changes_no_look(name: str, data: st.DataObject) -> None:
    drawn = "".join(data.draw(st.sampled_from(UNSEEN)) + c for c in name) + "\u200d"

    assert alike(name, drawn)


@given(st.text(max_size=20))
def test_case_width_and_spelling_change_no_look(name: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert alike(name, unicodedata.normalize(form, name))
    assert alike(name, name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bruno Keller", "\u0412runo Keller"),
        ("Bruno Keller", "BRUNO KELLER"),
        ("Bruno Keller", "\uff22\uff52\uff55\uff4e\uff4f Keller"),
        ("Ana Lima", "Ana Iima"),
        ("Ana Lima", "Ana L1ma"),
        ("Ana Lima", "\u0391n\u03b1 Lima"),
        ("Ana Lima", "\u00c1na L\u00edma"),
        ("Martin", "Rnartin"),
        ("Κώστας", "ΚΩΣΤΑΣ"),
        ("Σωκράτης", "Σωκράτησ"),
        ("Straße", "STRASSE"),
        ("Dvořák", "Dvorak"),
        ("Łukasz", "Lukasz"),
        ("کریم", "كريم"),
    ],
)
def test_names_a_reader_could_mistake_are_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bruno Keller", "Bruno Kellner"),
        ("Ana Lima", "Anna Lima"),
        ("Ana Lima", "Eva Moreau"),
        ("Иван Петров", "Ivan Petrov"),
        ("Luis", "Luis 2"),
        ("", "Ana"),
        ("🙂", "🙃"),
    ],
)
def test_other_names_are_not(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    "name",
    ["Ana\u200d Lima", "A\u200cna", "\u200dAna", "Jan\u3164", "Jan\u2800Vos", "Jan\ufffd"],
)
def test_characters_that_hide_are_named(name: str) -> None:
    assert oddity(name) == HIDDEN


@pytest.mark.parametrize("name", ["\u0412runo", "Ana L\u0456ma", "\u039aat", "Ло\u0062ов"])
def test_letters_of_two_alphabets_in_one_word_are_named(name: str) -> None:
    assert oddity(name) == MIXED


@pytest.mark.parametrize(
    "name",
    [
        "Ana Lima", "Zoë O’Brien-Łukasz", "Иван Keller", "Κώστας Παπαδόπουλος", "山田たろう",
        "می\u200cخواهم", "김민준", "Nguyễn Thị Ngọc", "J. R. Müller 2", "Şükrü Öz", "\uff2aan", "",
    ],
)  # fmt: skip
def test_names_as_people_have_them_are_not_odd(name: str) -> None:
    assert oddity(name) == ""
