"""Announcing one's own devices: in every space, and again after a crash anywhere."""

from __future__ import annotations

from dataclasses import replace as with_fields

import pytest
from msgspec.structs import replace

from crypto import devicelist, signatures
from jitclient import announcing, knowing
from jitclient.place import place
from jitclient.session import Session
from localstore import owndevices, people
from localstore.connection import transaction
from protocol.ids import UserId
from tests.jitclient.office import Office
from tests.jitclient.test_own_devices import devices_entry, linked
from tests.support.people import make_person


def test_a_space_one_was_added_to_with_an_older_list_hears_of_the_newer_one(
    office: Office,
) -> None:
    office.join("ana", "bruno")
    first = office.open_space("bruno", "ana")
    office.link("ana", "ana2")
    office.exchange(first, "bruno", "ana2", "ana", rounds=2)
    second = office.open_space("bruno")
    old = office.people["ana"].signed_list
    newest, office.newest[office.people["ana"].user] = (
        office.newest[office.people["ana"].user],
        old,
    )
    office.on("bruno", _show, office.people["ana"].user, old)
    office.add("bruno", second, "ana")
    office.newest[office.people["ana"].user] = newest
    office.follow("ana", second)

    assert office.on("ana", announcing._due) == [second]
    office.announce("ana")
    office.exchange(second, "bruno", "ana", "ana2", rounds=3)

    log = office.on("bruno", lambda s: s.log(second))
    assert len(log.devices((office.people["ana"].user,))) == 2
    assert office.on("ana", announcing._due) == []


def _show(session: Session, user: UserId, signed: bytes) -> None:
    person = people.person(session.stores.device, user)
    assert person is not None
    with transaction(session.stores.device):
        people.save_person(session.stores.device, with_fields(person, device_list=signed))


def test_a_log_read_back_from_disk_is_the_one_that_was_followed(office: Office) -> None:
    space = linked(office)
    office.revoke("ana", "ana2")
    office.follow("bruno", space)
    before = office.on("bruno", lambda s: place(s, space).log)

    office.restart("bruno")

    after = office.on("bruno", lambda s: place(s, space).log)
    assert (after.roster, after.heads, after.lists, after.ever) == (
        before.roster,
        before.heads,
        before.lists,
        before.ever,
    )


@pytest.mark.parametrize("after", ["saved", "handed in", "one space told"])
def test_a_crash_at_any_step_of_announcing_is_made_good(office: Office, after: str) -> None:
    """What is still to be done is derived from what is stored."""
    office.join("ana", "bruno")
    first, second = office.open_space("ana", "bruno"), office.open_space("ana", "bruno")
    ana, fresh = office.people["ana"], make_person("ana2")
    signed = devicelist.add_device(
        ana.signed_list, ana.usk, fresh.device, fresh.dsk.public, fresh.dik.public
    )
    office.change_devices("ana", signed)
    if after != "saved":
        pending = office.on("ana", lambda s: owndevices.pending(s.stores.device))
        assert pending is not None
        office.put_list(ana.user, pending.signed)
        office.on("ana", announcing._handed_in, pending)
    if after == "one space told":
        told = office.on("ana", announcing._entry, first)
        assert told is not None
        office.logs[first].append(told)  # and the answer was lost

    office.restart("ana")
    office.follow("ana", first)
    office.announce("ana")
    office.follow("bruno", first)
    office.follow("bruno", second)

    for space in (first, second):
        log = office.on("bruno", lambda s, space=space: s.log(space))
        assert len(log.devices((ana.user,))) == 2
        assert len(office.logs[space]) == 3
    assert office.on("ana", announcing._due) == []


def test_a_list_that_only_an_administrator_was_shown_is_not_ones_own(office: Office) -> None:
    """Bruno adds Ana with what a revoked device of hers and the store made; it goes no further."""
    office.join("ana", "bruno", "carla")
    first = office.open_space("ana", "carla")
    office.link("ana", "ana2")
    office.revoke("ana", "ana2")
    ana, ghost = office.people["ana"], make_person("ghost")
    mine = office.newest[ana.user]
    forged = devicelist.add_device(mine, ana.usk, ghost.device, ghost.dsk.public, ghost.dik.public)
    office.put_list(ana.user, forged)
    second = office.open_space("bruno")
    office.add("bruno", second, "ana")
    office.follow("ana", second)
    office.on("ana", knowing.check_standing, second)

    known = office.on("ana", lambda s: people.person(s.stores.device, ana.user))
    assert known is not None
    assert known.device_list == mine
    assert office.on("ana", announcing._due) == []
    assert office.alarms("ana") == ["ghost-member"]
    log = office.on("carla", lambda s: s.log(first))
    assert ghost.device not in log.ever


def test_a_list_announced_by_a_device_that_is_not_ones_own_is_not_spread(office: Office) -> None:
    """The ghost of the test above announces a further list in the space that let it in."""
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    other = office.open_space("bruno")
    ana, ghost = office.people["ana"], make_person("ghost")
    mine = office.newest[ana.user]
    keys = (ghost.device, ghost.dsk.public, ghost.dik.public)
    forged = devicelist.add_device(mine, ana.usk, *keys)
    office.put_list(ana.user, forged)
    user = ana.user
    office.on("bruno", _show, user, b"")
    office.add("bruno", other, "ana")
    more = make_person("more")
    further = devicelist.add_device(forged, ana.usk, more.device, more.dsk.public, more.dik.public)
    office.put_list(user, further)
    roster = office.on("bruno", lambda s: s.log(other).roster)
    made = replace(devices_entry(office, roster, "ana", further), actor_device=ghost.device)
    office.append("bruno", other, signatures.sign(ghost.dsk, ghost.device, made))

    office.follow("ana", other)

    known = office.on("ana", lambda s: people.person(s.stores.device, user))
    assert known is not None
    assert known.device_list == mine
    assert space not in office.on("ana", announcing._due)
