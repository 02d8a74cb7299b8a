"""Several devices of one person: what she sends and gets, and what a revoked one gets no more."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from crypto import devicelist, signatures
from jitclient import announcing, claims, devicelists
from localstore import messages, spaces
from protocol.errors import NotPermittedError, SpaceClosedError
from protocol.ids import SpaceId
from protocol.limits import LINK_SECONDS
from protocol.membership import Entry, EntryKind, Roster
from tests.jitclient.office import Office
from tests.support.people import entry, make_person


def linked(office: Office, *others: str) -> SpaceId:
    """Ana with two devices, Bruno with one, and a space in which all three have spoken."""
    office.join("ana", "bruno", *others)
    space = office.open_space("ana", "bruno", *others)
    office.link("ana", "ana2")
    office.exchange(space, "bruno", "ana2", "ana", *others, rounds=3)
    return space


def state(office: Office, name: str, space: SpaceId, text: str) -> str:
    rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    return next(r.state for r in rows if r.text == text)


def events(office: Office, name: str, space: SpaceId) -> list[str]:
    rows = office.on(name, lambda s: messages.messages(s.stores.space(space), 1000))
    return [r.text for r in rows if r.kind == "event"]


def test_a_linked_device_opens_the_space_and_gets_what_is_written_from_then_on(
    office: Office,
) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.write("bruno", space, "before")
    office.exchange(space, "bruno", "ana")

    office.link("ana", "ana2")
    office.exchange(space, "bruno", "ana2", "ana", rounds=3)
    office.write("bruno", space, "after")
    office.exchange(space, "bruno", "ana2", "ana", rounds=2)

    record = office.on("ana2", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert (record.state, record.title) == ("open", "Albatross")
    assert office.texts("ana2", space) == ["after"]
    assert office.texts("ana", space) == ["before", "after"]
    assert [office.alarms(n) for n in ("ana", "ana2", "bruno")] == [[], [], []]


def test_every_member_sees_a_change_of_devices(office: Office) -> None:
    space = linked(office)
    office.revoke("ana", "ana2")
    office.follow("bruno", space)

    for name in ("ana", "bruno"):
        assert "Ana linked another device." in events(office, name, space)
        assert events(office, name, space)[-1] == "Ana revoked a device."


def test_what_one_device_sends_the_other_one_has_as_its_own(office: Office) -> None:
    space = linked(office)

    office.write("ana2", space, "from the second")
    office.write("ana", space, "from the first")
    office.exchange(space, "ana2", "ana", "bruno", rounds=3)

    for name in ("ana", "ana2"):
        assert set(office.texts(name, space)) == {"from the second", "from the first"}
        for text in ("from the second", "from the first"):
            assert state(office, name, space, text) == "received"
        record = office.on(name, lambda s: spaces.space(s.stores.device, space))
        assert record is not None
        assert record.unread == 0
    assert set(office.texts("bruno", space)) == {"from the second", "from the first"}


def test_a_member_who_joins_late_reads_every_list_of_the_past(office: Office) -> None:
    space = linked(office)
    office.revoke("ana", "ana2")
    office.link("ana", "ana3")
    office.join("carla")
    for known in ("ana", "bruno", "ana3"):
        office.introduce(known, "carla")
        office.introduce("carla", "ana")
    office.add("ana", space, "carla")
    office.exchange(space, "carla", "ana", "bruno", "ana3", rounds=3)
    office.restart("carla")

    office.write("ana3", space, "to a newcomer")
    office.exchange(space, "ana3", "carla", rounds=2)

    assert office.alarms("carla") == []
    assert office.texts("carla", space) == ["to a newcomer"]


def test_one_entry_may_skip_lists_when_those_between_lead_to_it(office: Office) -> None:
    """Two devices are linked while a space cannot be reached: one entry names the last list."""
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    ana = office.people["ana"]
    one, two = make_person("ana2"), make_person("ana3")
    first = devicelist.add_device(
        office.newest[ana.user], ana.usk, one.device, one.dsk.public, one.dik.public
    )
    second = devicelist.add_device(first, ana.usk, two.device, two.dsk.public, two.dik.public)
    office.put_list(ana.user, first)
    office.change_devices("ana", second)

    office.announce("ana")
    office.follow("bruno", space)

    log = office.on("bruno", lambda s: s.log(space))
    assert {e.device for _, e in log.devices((ana.user,))} == {
        ana.device,
        one.device,
        two.device,
    }
    assert office.alarms("bruno") == []


def test_lists_that_do_not_lead_to_the_one_announced_are_refused(office: Office) -> None:
    """The store shows a list between that is properly signed, but not the one before."""
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    ana = office.people["ana"]
    one, two = make_person("ana2"), make_person("ana3")
    first = devicelist.add_device(
        office.newest[ana.user], ana.usk, one.device, one.dsk.public, one.dik.public
    )
    second = devicelist.add_device(first, ana.usk, two.device, two.dsk.public, two.dik.public)
    office.put_list(ana.user, first)
    office.change_devices("ana", second)
    office.announce("ana")

    name = (ana.user, devicelist.list_head(first))
    office.listed[name] = devicelist.add_device(
        ana.signed_list, ana.usk, two.device, two.dsk.public, two.dik.public
    )
    office.follow("bruno", space)

    assert office.alarms("bruno") == ["ghost-member"]
    log = office.on("bruno", lambda s: s.log(space))
    assert [e.device for _, e in log.devices((ana.user,))] == [ana.device]


def test_the_lists_wanted_are_those_between_one_after_another(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    ana = office.people["ana"]
    one, two = make_person("ana2"), make_person("ana3")
    first = devicelist.add_device(
        office.newest[ana.user], ana.usk, one.device, one.dsk.public, one.dik.public
    )
    second = devicelist.add_device(first, ana.usk, two.device, two.dsk.public, two.dik.public)
    office.put_list(ana.user, first)
    office.change_devices("ana", second)
    office.announce("ana")
    page = office.logs[space][2:]
    names = [(ana.user, devicelist.list_head(data)) for data in (second, first)]

    asked = []
    fetched: dict[devicelists.Named, bytes] = {}
    while lacking := office.on("bruno", devicelists.wanted, space, page, fetched):
        asked += lacking
        fetched |= {name: office.listed[name] for name in lacking}

    assert asked == names


def test_a_device_nobody_announced_can_write_to_nobody(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    before = list(office.logs[space])
    office.link("ana", "ana2")
    office.logs[space] = before
    office.follow("ana2", space)

    with pytest.raises(NotPermittedError, match="do not know this device yet"):
        office.write("ana2", space, "who am I?")


def test_a_new_device_cannot_announce_itself(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    before = list(office.logs[space])
    office.link("ana", "ana2")
    office.logs[space] = before
    office.follow("ana2", space)
    assert office.on("ana2", announcing._due) == []

    roster = office.on("bruno", lambda s: s.log(space).roster)
    fresh = office.people["ana2"]
    made = devices_entry(office, roster, "ana2", fresh.signed_list)
    office.follow("bruno", space, [signatures.sign(fresh.dsk, fresh.device, made)])

    assert office.alarms("bruno") == ["forged"]
    assert office.on("bruno", lambda s: s.log(space).roster) == roster


def devices_entry(office: Office, roster: Roster, name: str, signed: bytes) -> Entry:
    who = office.people[name]
    listed = devicelist.read_list(signed, who.user)
    return replace(
        entry(roster, who, EntryKind.DEVICES, subject=who),
        list_seq=listed.seq,
        list_head=devicelist.list_head(signed),
    )


def test_a_device_just_linked_has_time_to_publish_its_keys(office: Office) -> None:
    """Asking for keys that are not there yet is no news; an hour later it is."""
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.link("ana", "ana2")
    office.follow("bruno", space)
    device = office.device("ana2")
    for _ in range(3):
        assert (space, device) in office.on("bruno", claims.wanted, space)
        office.on("bruno", claims.refused, space, device)
    assert office.alarms("bruno") == []

    office.clock.at += LINK_SECONDS
    office.on("bruno", claims.refused, space, device)

    assert office.alarms("bruno") == ["no-prekeys"]
    assert (space, device) not in office.on("bruno", claims.wanted, space)


# --- revoked ---------------------------------------------------------------------------------


def test_a_revoked_device_gets_nothing_from_the_next_message_on(office: Office) -> None:
    space = linked(office)
    office.write("bruno", space, "still for both")
    office.exchange(space, "bruno", "ana", "ana2")

    office.revoke("ana", "ana2")
    office.follow("bruno", space)
    office.write("bruno", space, "for one")
    office.write("ana", space, "from one")
    office.exchange(space, "bruno", "ana", rounds=2)

    assert office.queues["ana2"] == []
    assert set(office.texts("ana", space)) == {"still for both", "for one", "from one"}


def test_what_waits_for_a_device_when_it_is_revoked_is_not_sent(office: Office) -> None:
    space = linked(office)
    office.write("bruno", space, "sealed for both already")
    office.bundles("bruno", space)

    office.revoke("ana", "ana2")
    office.follow("bruno", space)
    office.post("bruno", space)
    office.deliver("ana")

    assert office.queues["ana2"] == []
    assert office.texts("ana", space) == ["sealed for both already"]


def test_messages_of_a_revoked_device_count_up_to_its_cut(office: Office) -> None:
    space = linked(office)
    office.write("ana2", space, "known to Ana")
    office.post("ana2", space)
    office.deliver("ana")
    held, office.queues["bruno"] = office.queues["bruno"], []
    office.write("ana2", space, "after that")
    office.post("ana2", space)
    late, office.queues["bruno"] = office.queues["bruno"], []
    office.queues["ana"] = []

    office.revoke("ana", "ana2")
    office.follow("bruno", space)
    office.queues["bruno"] = held + late
    office.deliver("bruno")

    assert office.texts("bruno", space) == ["known to Ana"]
    assert office.alarms("bruno") == ["removed-sender"]


def test_a_revoked_device_is_told_and_writes_nothing_more(office: Office) -> None:
    space = linked(office)

    office.revoke("ana", "ana2")
    office.follow("ana2", space)

    record = office.on("ana2", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert record.state == "left"
    assert office.alarms("ana2") == ["device-revoked"]
    with pytest.raises((NotPermittedError, SpaceClosedError)):
        office.write("ana2", space, "one more")


def test_a_revoked_device_that_knows_the_user_root_cannot_come_back(office: Office) -> None:
    """It signs the next list itself; only a device the log names could announce it."""
    space = linked(office)
    ana, thief = office.people["ana"], office.people["ana2"]
    office.revoke("ana", "ana2")
    office.follow("bruno", space)
    roster = office.on("bruno", lambda s: s.log(space).roster)
    ghost = make_person("ghost")
    forged = devicelist.add_device(
        office.newest[ana.user], thief.usk, ghost.device, ghost.dsk.public, ghost.dik.public
    )
    office.put_list(ana.user, forged)  # the store plays along

    for key, device in ((thief.dsk, thief.device), (ghost.dsk, ghost.device)):
        made = devices_entry(office, roster, "ana", forged)
        office.follow(
            "bruno", space, [signatures.sign(key, device, replace(made, actor_device=device))]
        )
    assert office.on("bruno", lambda s: s.log(space).roster) == roster
    assert set(office.alarms("bruno")) == {"forged"}
    assert office.on("ana", announcing._due) == []


def test_nobody_lists_a_device_of_somebody_else(office: Office) -> None:
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    carla, ana = office.people["carla"], office.people["ana"]
    stolen = devicelist.add_device(
        carla.signed_list, carla.usk, ana.device, carla.dsk.public, carla.dik.public
    )
    office.put_list(carla.user, stolen)
    roster = office.on("bruno", lambda s: s.log(space).roster)

    made = devices_entry(office, roster, "carla", stolen)
    office.follow("bruno", space, [signatures.sign(carla.dsk, carla.device, made)])

    assert office.alarms("bruno") == ["ghost-member"]
    assert office.on("bruno", lambda s: s.log(space).roster) == roster
