"""What a person types for a thing names exactly one, or is refused."""

from __future__ import annotations

import pytest

from jitclient.cli.resolve import pick
from protocol.errors import BadInputError, NotFoundError

ROWS = [
    (bytes.fromhex("aa" * 16), "Albatross"),
    (bytes.fromhex("aaaa" + "bb" * 14), "Albatross Two"),
    (bytes.fromhex("cc" * 16), "aaaa"),
    (bytes.fromhex("dd" * 16), "Straße"),
    (bytes.fromhex("ee" * 16), "Same"),
    (bytes.fromhex("ef" * 16), "same"),
]


def _pick(given: str) -> bytes:
    found = pick(given, ROWS, id_of=lambda r: r[0], names_of=lambda r: (r[1],), what="space")
    return found[0]


def test_a_whole_id_wins_over_everything() -> None:
    assert _pick("AA" * 16) == ROWS[0][0]


def test_a_whole_name_wins_over_the_beginning_of_an_id() -> None:
    assert _pick("aaaa") == ROWS[2][0]
    assert _pick(" albatross ") == ROWS[0][0]


def test_case_is_folded_as_languages_do() -> None:
    assert _pick("STRASSE") == ROWS[3][0]


def test_the_beginning_of_an_id_and_part_of_a_name_will_do() -> None:
    assert _pick("dddd") == ROWS[3][0]
    assert _pick("two") == ROWS[1][0]


@pytest.mark.parametrize("given", ["same", "SAME", "lbatros"])
def test_two_meanings_are_refused_rather_than_guessed(given: str) -> None:
    with pytest.raises(BadInputError):
        _pick(given)


@pytest.mark.parametrize("given", ["", "  ", "dd", "zzzz", "\ud800"])
def test_nothing_names_nothing(given: str) -> None:
    with pytest.raises(NotFoundError):
        _pick(given)
