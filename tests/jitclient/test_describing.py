"""What a person types of an exhibit: accepted in the forms people use, refused by name."""

from __future__ import annotations

import pytest

from jitclient import describing
from protocol.errors import BadInputError
from tests.support.people import NOW


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("title", "  Μία εικόνα ", "Μία εικόνα"),
        ("country", "pt", "PT"),
        ("evaluation", "b2", "B2"),
        ("tlp", "amber+strict", "AMBER+STRICT"),
        ("handling", "h1+h2", "H1+H2"),
        ("kind", "Disk-Image", "disk-image"),
        ("acquired-at", "2026-11-02 14:05+01:00", "2026-11-02T14:05+01:00"),
        ("acquired-at", "2026-11-02", "2026-11-02"),
        ("acquired-sha1", "AAAA aaaa" * 5, "a" * 40),
        ("description", "one\r\ntwo\n", "one\ntwo"),
    ],
)
def test_what_people_type_is_kept_in_one_spelling(name: str, typed: str, kept: str) -> None:
    assert describing.described({name: typed, "remarks": "  "}, NOW) == ((name, kept),)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"colour": "red"}, "no fact"),
        ({"title": "x" * 201}, "Title has 201 characters"),
        ({"place": "Har\u202ebour"}, "direction characters"),
        ({"acquired-at": "yesterday"}, "Acquired at must be a date"),
        ({"acquired-at": "2099-01-01"}, "in the future"),
        ({"acquired-at": "2099-01-01T00:00Z"}, "in the future"),
        ({"handling": "H3"}, "needs the conditions"),
        ({"marking": "RESTREINT UE/EU RESTRICTED"}, "accredited"),
        ({"marking": "Très secret UE"}, "accredited"),
        ({"description": "x" * 2001}, "2001 characters"),
    ],
)
def test_what_cannot_be_stated_is_refused_by_name(typed: dict[str, str], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        describing.described(typed, NOW)


def test_facts_stand_in_the_order_of_the_table_however_they_were_typed() -> None:
    found = describing.described({"tlp": "RED", "case": "1", "title": "t"}, NOW)

    assert [name for name, _ in found] == ["case", "title", "tlp"]


def test_a_form_says_at_once_what_would_be_refused() -> None:
    assert describing.problem_with("country", "Portugal", NOW) != ""
    assert describing.problem_with("country", "pt", NOW) == ""
    assert describing.problem_with("country", "", NOW) == ""
