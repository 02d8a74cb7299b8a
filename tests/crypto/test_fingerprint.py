"""Safety numbers."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from crypto import fingerprint
from protocol.ids import UserId

ALICE = UserId(b"+14152222222")
BOB = UserId(b"+14153333333")
ALICE_KEY = bytes.fromhex("0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868")
BOB_KEY = bytes.fromhex("05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b")
# The displayable fingerprint that the Signal libraries test themselves with.
PUBLISHED = "300354477692869396892869876765458257569162576843440918079131"


def test_the_published_known_answer_holds() -> None:
    assert fingerprint.safety_number((ALICE, ALICE_KEY), (BOB, BOB_KEY)) == PUBLISHED


def test_both_sides_see_the_same_number() -> None:
    assert fingerprint.safety_number((BOB, BOB_KEY), (ALICE, ALICE_KEY)) == PUBLISHED


def test_a_substituted_key_changes_the_number() -> None:
    other = fingerprint.safety_number((ALICE, ALICE_KEY), (BOB, ALICE_KEY))

    assert other != PUBLISHED
    assert fingerprint.half(ALICE, ALICE_KEY) in other


def test_the_same_key_under_another_id_gives_another_half() -> None:
    assert fingerprint.half(ALICE, ALICE_KEY) != fingerprint.half(BOB, ALICE_KEY)


def test_a_half_is_thirty_digits_even_with_leading_zeros() -> None:
    keys = (hashlib.sha256(bytes([i])).digest() for i in range(12))

    halves = [fingerprint.half(ALICE, key) for key in keys]

    assert all(len(item) == fingerprint.HALF_DIGITS and item.isdecimal() for item in halves)


def test_digits_are_shown_in_groups_of_five() -> None:
    shown = fingerprint.grouped(PUBLISHED)

    assert shown.startswith("30035 44776 92869 ")
    assert [len(group) for group in shown.split(" ")] == [5] * 12


@given(st.text())
def test_only_the_number_itself_compares_equal(given_text: str) -> None:
    assert not fingerprint.compare(given_text, PUBLISHED)


def test_spacing_does_not_matter_when_comparing() -> None:
    shown = fingerprint.grouped(PUBLISHED).replace("92869", "92869\n", 1)

    assert fingerprint.compare(f" {shown}\t", PUBLISHED)
    assert not fingerprint.compare(PUBLISHED[:-1], PUBLISHED)
