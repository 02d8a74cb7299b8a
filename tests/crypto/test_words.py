"""Recovery words: BIP-39's own answers, and a mistake is named by its place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import words
from crypto.errors import WordsError
from protocol.errors import BugError
from resources import path

LISTED = tuple(path("words/english.txt").read_text().split())
PUBLISHED = [
    ("00" * 32, "abandon " * 23 + "art"),
    (
        "7f" * 32,
        (
            "legal winner thank year wave sausage worth useful legal winner thank year wave "
            "sausage worth useful legal winner thank year wave sausage worth title"
        ),
    ),
    ("ff" * 32, "zoo " * 23 + "vote"),
    (
        "00ac97c48106f0aeb8ba061e0250a559b3251dc35854e694780ba51d53a50120",
        (
            "absent gorilla van acoustic humor firm title dolphin bulk barely citizen recall crane "
            "moment aspect appear track phrase actual enforce steel spoon afraid benefit"
        ),
    ),
    (
        "3edc83b60740d77af3afa2fcb82c2f1bc541ee4e2518ddef4996d32453f54a3c",
        (
            "disagree tomato unique attend aspect runway solid violin witness scrap armed daring "
            "favorite warm decade perfect target kid grant play early wide cigar night"
        ),
    ),
    (
        "89bb4bc5555992cdaf3444c5e7ca5a6e9f27efab894f1990bae41be8b2a26ea4",
        (
            "meadow surge vanish primary odor grocery rubber mass shine dinner notable tag venue "
            "water purchase clarify book magic ribbon daughter menu eye ritual orchard"
        ),
    ),
]
"""Some of the answers published with BIP-39 (trezor/python-mnemonic, vectors.json)."""

ROOT = bytes.fromhex(PUBLISHED[4][0])
SHEET = PUBLISHED[4][1].split()


def is_root(root: bytes) -> bool:
    return root == ROOT


def decode(typed: list[str]) -> bytes:
    return words.decode(" ".join(typed), LISTED, is_root)


def refused(typed: list[str]) -> str:
    with pytest.raises(WordsError) as error:
        decode(typed)
    return error.value.sentence


@pytest.mark.parametrize(("root", "said"), PUBLISHED)
def test_the_published_answers(root: str, said: str) -> None:
    raw = bytes.fromhex(root)

    assert words.encode(raw, LISTED) == tuple(said.split())
    assert words.decode(said, LISTED, lambda found: found == raw) == raw


@given(st.binary(min_size=32, max_size=32))
def test_words_come_back_as_the_bytes_they_were(root: bytes) -> None:
    said = " ".join(words.encode(root, LISTED))

    assert words.decode(said, LISTED, lambda found: found == root) == root


def test_numbers_capitals_line_ends_and_four_letters_do_not_matter() -> None:
    typed = "\n".join(f"{at}. {word[:4].upper()}," for at, word in enumerate(SHEET, start=1))

    assert words.decode(typed, LISTED, is_root) == ROOT


@pytest.mark.parametrize("at", [0, 6, 23])
def test_a_word_that_is_on_no_sheet_is_named_with_its_place(at: int) -> None:
    sentence = refused([*SHEET[:at], "qlok", *SHEET[at + 1 :]])

    assert f"Word {at + 1}, “qlok”" in sentence


def test_a_slip_of_the_pen_gets_a_proposal() -> None:
    sentence = refused([*SHEET[:6], "slidd", *SHEET[7:]])

    assert "Word 7, “slidd”" in sentence
    assert "“slide”" in sentence


@pytest.mark.parametrize("at", [0, 11, 23])
def test_another_word_of_the_list_is_found_by_its_place(at: int) -> None:
    other = LISTED[(LISTED.index(SHEET[at]) + 700) % 2048]

    assert f"Word {at + 1} is another one" in refused([*SHEET[:at], other, *SHEET[at + 1 :]])


@pytest.mark.parametrize(("one", "other"), [(0, 1), (4, 17), (22, 23)])
def test_exchanged_words_are_found_by_their_places(one: int, other: int) -> None:
    typed = list(SHEET)
    typed[one], typed[other] = typed[other], typed[one]

    assert f"Words {one + 1} and {other + 1} stand in each other" in refused(typed)


@pytest.mark.parametrize("at", [0, 9, 23])
def test_a_missing_word_is_found_by_its_place(at: int) -> None:
    sentence = refused([*SHEET[:at], *SHEET[at + 1 :]])

    assert "There are 23 words; a sheet has 24" in sentence
    assert f"Word {at + 1} of the sheet is missing" in sentence


def test_a_word_too_many_is_found_by_its_place() -> None:
    sentence = refused([*SHEET[:5], "zebra", *SHEET[5:]])

    assert "There are 25 words" in sentence
    assert "Word 6 does not belong there" in sentence


def test_two_wrong_words_are_said_not_to_fit() -> None:
    sentence = refused(["zoo", *SHEET[1:23], "abandon"])

    assert "row by row" in sentence


def test_the_words_of_somebody_else_are_told_apart_from_a_mistake() -> None:
    assert "another person" in refused(PUBLISHED[3][1].split())


@pytest.mark.parametrize("typed", ["", "   ", "solid", "x" * 5000, "word " * 900])
def test_anything_else_is_refused_and_ends(typed: str) -> None:
    with pytest.raises(WordsError):
        words.decode(typed, LISTED, is_root)


def test_a_root_or_a_list_of_another_size_is_our_mistake() -> None:
    with pytest.raises(BugError):
        words.encode(b"short", LISTED)
    with pytest.raises(BugError):
        words.encode(ROOT, LISTED[:-1])


def test_the_list_has_2048_words_and_four_letters_name_each() -> None:
    assert len(LISTED) == len(set(LISTED)) == 2048
    assert len({word[: words.SHORTEST] for word in LISTED}) == 2048
    assert list(LISTED) == sorted(LISTED)
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in LISTED)


def test_a_random_mistake_never_opens_anything() -> None:
    chance = random.Random(4711)
    for _ in range(40):
        typed = list(SHEET)
        typed[chance.randrange(24)] = chance.choice(LISTED)
        if typed != SHEET:
            refused(typed)


def test_what_is_longer_than_any_sheet_is_not_looked_at() -> None:
    with pytest.raises(WordsError, match="longer than 24 words"):
        decode([*SHEET, " " * 5000])
