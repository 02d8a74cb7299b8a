"""Every device of a member is told what the space is, whoever brought it in."""

from __future__ import annotations

from localstore import spaces
from tests.jitclient.office import Office


def test_a_space_opened_at_one_device_is_open_at_the_others_too(office: Office) -> None:
    office.join("ana")
    office.link("ana", "ana2")

    space = office.open_space("ana2")
    office.exchange(space, "ana2", "ana", rounds=2)

    record = office.on("ana", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert (record.state, record.title) == ("open", "Albatross")
    assert [office.alarms(n) for n in ("ana", "ana2")] == [[], []]


def test_a_device_linked_by_one_that_was_not_welcomed_yet_is_welcomed_after_it(
    office: Office,
) -> None:
    office.join("ana")
    office.link("ana", "ana2")
    space = office.open_space("ana2")
    office.follow("ana", space)

    office.link("ana", "ana3")
    office.exchange(space, "ana2", "ana", "ana3", rounds=3)

    record = office.on("ana3", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert (record.state, record.title) == ("open", "Albatross")
