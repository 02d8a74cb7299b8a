"""Templates outlive spaces, so nothing of a case enters one."""

from __future__ import annotations

import pytest

from jitclient.usecases import keep_template
from protocol.errors import BadInputError, NotFoundError
from protocol.facts import BY_NAME
from tests.jitclient.office import Office

GIVEN = {
    "authority": "LKA Hamburg",
    "tlp": "amber",
    "case": "7 Js 1/26",
    "place": "Port",
    "tool": "X 1",
}


def test_only_what_is_of_no_case_is_kept(office: Office) -> None:
    office.join("ana")

    kept = office.on("ana", keep_template.save, " LKA ", GIVEN)

    assert kept == (("authority", "LKA Hamburg"), ("tool", "X 1"), ("tlp", "AMBER"))
    assert office.on("ana", keep_template.every) == {"LKA": kept}
    office.restart("ana")
    assert office.on("ana", keep_template.every) == {"LKA": kept}
    assert set(BY_NAME) >= keep_template.KEPT
    assert not keep_template.KEPT & {"case", "title", "description", "seized-from", "place"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("", GIVEN),
        ("x" * 76, GIVEN),
        ("LKA", {"case": "7 Js 1/26"}),
        ("LKA", {"country": "Germany"}),
        ("LKA", {"handling": "H3"}),
    ],
)
def test_what_could_not_be_stated_later_is_not_kept(
    office: Office, name: str, given: dict[str, str]
) -> None:
    office.join("ana")

    with pytest.raises(BadInputError):
        office.on("ana", keep_template.save, name, given)

    assert office.on("ana", keep_template.every) == {}


def test_there_are_no_more_than_a_person_can_choose_from(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.join("ana")
    monkeypatch.setattr(keep_template, "MAX_TEMPLATES", 1)
    office.on("ana", keep_template.save, "LKA", GIVEN)

    with pytest.raises(BadInputError, match="Remove one"):
        office.on("ana", keep_template.save, "FIOD", GIVEN)
    office.on("ana", keep_template.save, "LKA", {"authority": "LKA"})

    office.on("ana", keep_template.drop, "LKA")
    with pytest.raises(NotFoundError):
        office.on("ana", keep_template.drop, "LKA")
