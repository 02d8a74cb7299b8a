"""A person comes back after losing every device: all see it, and nothing goes out by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as change

import pytest
from msgspec.structs import replace

from crypto import devicelist
from jitclient import knowing, receipts
from jitclient.errors import KeyChangedError
from jitclient.place import place
from jitclient.queries import devices as device_rows
from jitclient.recipients import check_recipients, trust_of
from jitclient.session import Session
from jitclient.usecases import decide_key, verify_member
from jitclient.views import Trust
from localstore import outbox, owndevices, people
from localstore.connection import transaction
from localstore.owndevices import PendingList
from protocol.devicelist import DeviceEntry, DeviceList
from protocol.errors import BadInputError, LogRollbackError, NotPermittedError
from protocol.ids import SpaceId
from tests.jitclient.office import Office
from tests.jitclient.test_own_devices import events
from tests.support.people import make_person


def came_back(office: Office, *, how: str = "reinvite") -> SpaceId:
    """Ana administers; Bruno lost his device and is back with another; Carla looks on."""
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    getattr(office, how)("bruno", "bruno2")
    office.follow("bruno2", space)
    return space


def renewed(office: Office, *, how: str = "reinvite") -> SpaceId:
    space = came_back(office, how=how)
    office.renew("ana", space, "bruno2")
    office.follow("carla", space)
    office.exchange(space, "ana", "bruno2", rounds=3)
    return space


def trust(office: Office, name: str, space: SpaceId) -> Trust:
    user = office.people["bruno"].user
    key = office.on(name, lambda s: s.log(space).roster.members[user].user_key)
    return office.on(name, trust_of, user, key)


def test_nothing_changes_in_a_space_before_an_administrator_acts(office: Office) -> None:
    space = came_back(office)

    office.write("ana", space, "to the old device")
    office.exchange(space, "ana", "bruno2")
    office.on("bruno2", knowing.check_standing, space)

    assert office.queues["bruno2"] == []
    assert office.alarms("bruno2") == ["not-renewed"]
    with pytest.raises(NotPermittedError):
        office.write("bruno2", space, "I am back")


def test_everybody_sees_that_somebody_was_let_in_again(office: Office) -> None:
    space = renewed(office)

    for name in ("ana", "carla", "bruno2"):
        assert events(office, name, space)[-1] == "Ana let Bruno in again with new devices."
    office.write("bruno2", space, "I am back")
    office.exchange(space, "bruno2", "ana")
    assert office.texts("ana", space) == ["I am back"]


def test_only_the_administrator_who_signed_writes_to_the_new_key_at_once(office: Office) -> None:
    space = renewed(office)
    office.write("ana", space, "welcome back")
    office.exchange(space, "ana", "bruno2", rounds=2)
    assert office.texts("bruno2", space) == ["welcome back"]

    with pytest.raises(KeyChangedError, match="Bruno"):
        office.write("carla", space, "for everybody")

    assert trust(office, "carla", space) is Trust.CHANGED
    (row,) = office.on("carla", device_rows.key_changes)
    assert (row.user, row.by, row.spaces) == (office.people["bruno"].user, "Ana", (space,))


def test_evidence_waits_for_the_same_decision(office: Office) -> None:
    space = renewed(office)
    user = office.people["bruno"].user

    with pytest.raises(KeyChangedError):
        office.on("carla", lambda s: check_recipients(place(s, space), [user]))
    office.on("carla", decide_key._decide, user)
    assert office.on("carla", lambda s: check_recipients(place(s, space), [user])) == (user,)


def test_who_accepts_the_key_writes_again_and_the_person_is_unverified(office: Office) -> None:
    space = renewed(office)
    user = office.people["bruno"].user

    office.on("carla", decide_key._decide, user)
    office.write("carla", space, "for everybody")
    office.exchange(space, "carla", "bruno2", "ana", rounds=2)

    assert trust(office, "carla", space) is Trust.UNVERIFIED
    assert office.texts("bruno2", space) == ["for everybody"]


def test_who_compares_the_new_number_decides_by_that(office: Office) -> None:
    space = renewed(office)
    user = office.people["bruno"].user

    pair = office.on("carla", verify_member._pair, space, user)
    office.on("carla", verify_member._remember, space, pair, "number")

    assert trust(office, "carla", space) is Trust.VERIFIED
    office.write("carla", space, "for everybody")


def test_a_key_that_was_compared_does_not_pass_on_to_the_new_one(office: Office) -> None:
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    user = office.people["bruno"].user
    pair = office.on("carla", verify_member._pair, space, user)
    office.on("carla", verify_member._remember, space, pair, "number")

    office.reinvite("bruno", "bruno2")
    office.renew("ana", space, "bruno2")
    office.follow("carla", space)
    assert trust(office, "carla", space) is Trust.CHANGED
    office.on("carla", decide_key._decide, user)

    assert trust(office, "carla", space) is Trust.UNVERIFIED


def test_receipts_wait_until_somebody_has_decided(office: Office) -> None:
    space = renewed(office)
    office.write("bruno2", space, "who reads this?")
    office.exchange(space, "bruno2", "carla")
    user = office.people["bruno"].user

    waits = office.on("carla", lambda s: outbox.queued_receipts(s.stores.space(space)))
    assert list(waits) == [user]
    office.on("carla", decide_key._decide, user)
    office.on("carla", receipts.flush, space)

    assert office.on("carla", lambda s: outbox.queued_receipts(s.stores.space(space))) == {}


def test_somebody_restored_from_a_sheet_keeps_what_was_compared(office: Office) -> None:
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    user = office.people["bruno"].user
    pair = office.on("carla", verify_member._pair, space, user)
    office.on("carla", verify_member._remember, space, pair, "number")

    office.restore("bruno", "bruno2")
    office.follow("bruno2", space)
    office.renew("ana", space, "bruno2")
    office.follow("carla", space)
    office.write("carla", space, "no question asked")
    office.exchange(space, "ana", "bruno2", "carla", rounds=3)

    assert trust(office, "carla", space) is Trust.VERIFIED
    assert office.texts("bruno2", space) == ["no question asked"]


def test_the_lost_device_gets_and_says_nothing_more(office: Office) -> None:
    space = renewed(office)
    office.queues["bruno"] = []
    office.write("ana", space, "only for the new one")
    office.exchange(space, "ana", "bruno2")
    office.write("bruno", space, "I stole this")
    office.post("bruno", space)
    office.deliver("ana")

    assert office.queues["bruno"] == []
    assert "I stole this" not in office.texts("ana", space)
    assert office.alarms("ana") == ["removed-sender"]


def test_nobody_is_renewed_with_what_he_has_or_had_before(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    user = office.people["bruno"].user
    with pytest.raises(BadInputError, match="no newer devices"):
        office.renew("ana", space, "bruno")

    old = office.newest[user]
    office.reinvite("bruno", "bruno2")
    office.renew("ana", space, "bruno2")
    office.newest[user] = old

    with pytest.raises(LogRollbackError):
        office.renew("ana", space, "bruno2")


def test_a_crash_between_the_two_files_does_not_let_a_change_pass_silently(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = came_back(office)
    office.renew("ana", space, "bruno2")

    class CrashError(BaseException):
        pass

    def crash(*_: object) -> None:
        raise CrashError

    monkeypatch.setattr(knowing, "learn", crash)
    with pytest.raises(CrashError):
        office.follow("carla", space)
    monkeypatch.undo()
    office.restart("carla")

    for _ in range(2):  # the log alone tells it, and then both files do
        assert len(office.on("carla", device_rows.key_changes)) == 1
        with pytest.raises(KeyChangedError):
            office.write("carla", space, "for everybody")
        office.follow("carla", space)


def test_a_list_of_the_directory_that_is_older_than_one_known_is_refused(office: Office) -> None:
    """A05 for devices: the store shows an administrator the list before the revocation."""
    office.join("ana", "bruno")
    first = office.open_space("bruno", "ana")
    office.link("ana", "ana2")
    old = office.newest[office.people["ana"].user]
    office.revoke("ana", "ana2")
    office.follow("bruno", first)
    office.newest[office.people["ana"].user] = old
    second = office.open_space("bruno")

    with pytest.raises(LogRollbackError):
        office.add("bruno", second, "ana")

    assert office.alarms("bruno") == ["log-rollback"]


def test_a_device_linked_before_any_log_named_its_linker_is_asked_about(office: Office) -> None:
    """Bruno is back, links a second device, and that one a third; then Ana lets all three in."""
    space = came_back(office)
    office.link("bruno2", "bruno3")
    office.link("bruno3", "bruno4")
    office.renew("ana", space, "bruno4")
    for name in ("bruno2", "bruno3", "bruno4"):
        office.follow(name, space)
        office.on(name, knowing.check_standing, space)

    assert [office.alarms(n) for n in ("bruno3", "bruno4")] == [[], []]
    assert office.alarms("bruno2") == ["own-device-unknown"]  # and not that somebody is a ghost


def _grown(newest: DeviceList, ghost: DeviceEntry) -> DeviceList:
    return replace(newest, devices=(*newest.devices, ghost))


def _forgetful(newest: DeviceList, ghost: DeviceEntry) -> DeviceList:
    return replace(newest, devices=(*newest.devices, ghost), revoked=())


@pytest.mark.parametrize("false", [_grown, _forgetful])
def test_once_a_device_was_revoked_a_list_that_only_the_store_shows_is_a_ghost(
    office: Office, false: Callable[[DeviceList, DeviceEntry], DeviceList]
) -> None:
    """The revoked device still knows the user root: it may have made the list Ana was shown."""
    space = came_back(office)
    office.link("bruno2", "bruno3")
    office.revoke("bruno2", "bruno3")

    show_ghost(office, false)
    office.renew("ana", space, "bruno2")
    office.follow("bruno2", space)
    office.on("bruno2", knowing.check_standing, space)

    assert office.alarms("bruno2") == ["ghost-member"]


def _instead(newest: DeviceList, ghost: DeviceEntry) -> DeviceList:
    return replace(newest, devices=(ghost,))


def _after_another(newest: DeviceList, ghost: DeviceEntry) -> DeviceList:
    return replace(newest, devices=(*newest.devices, ghost), revoked=(bytes(16),))


@pytest.mark.parametrize("false", [_instead, _after_another])
def test_a_list_that_does_more_than_add_to_ones_own_is_a_ghost(
    office: Office, false: Callable[[DeviceList, DeviceEntry], DeviceList]
) -> None:
    space = came_back(office)
    show_ghost(office, false)
    office.renew("ana", space, "bruno2")
    office.follow("bruno2", space)
    office.on("bruno2", knowing.check_standing, space)

    assert office.alarms("bruno2") == ["ghost-member"]


def show_ghost(office: Office, false: Callable[[DeviceList, DeviceEntry], DeviceList]) -> None:
    """Let the store show a list with a device that only who knows the user root can have made."""
    bruno, other = office.people["bruno2"], make_person("ghost")
    known = devicelist.read_list(office.newest[bruno.user], bruno.user)
    ghost = DeviceEntry(
        version=1,
        device=other.device,
        signing=other.dsk.public,
        identity=other.dik.public,
        added_seq=known.seq + 1,
    )
    made = replace(
        false(known, ghost), seq=known.seq + 1, prev=devicelist.list_head(office.newest[bruno.user])
    )
    office.put_list(bruno.user, devicelist._seal(made, bruno.usk))


def test_a_former_key_in_an_older_log_is_read_and_the_present_one_stays(office: Office) -> None:
    """Carla reads, late, a log in which Bruno was let in again long ago."""
    office.join("ana", "bruno", "carla")
    first = office.open_space("ana", "bruno", "carla")
    second = office.open_space("ana", "bruno")
    office.reinvite("bruno", "bruno2")
    for space in (first, second):
        office.renew("ana", space, "bruno2")
    office.follow("carla", first)
    user = office.people["bruno"].user
    office.on("carla", decide_key._decide, user)

    office.add("ana", second, "carla")
    office.follow("carla", second)

    assert office.alarms("carla") == []
    assert office.on("carla", device_rows.key_changes) == ()
    known = office.on("carla", lambda s: people.person(s.stores.device, user))
    assert known is not None
    assert known.user_key == office.people["bruno2"].user_key


def test_own_devices_are_told_apart_by_name_and_fingerprint(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    office.link("ana", "ana2")
    office.follow("bruno", space)

    mine = office.on("ana", device_rows.own)
    theirs = office.on("bruno", device_rows.of_member, space, office.people["ana"].user)

    assert [row.this for row in mine] == [True, False]
    assert {row.fingerprint for row in mine} == {row.fingerprint for row in theirs}
    assert len({row.fingerprint for row in mine}) == 2
    assert not any(row.name for row in theirs)


def test_a_device_that_only_the_store_shows_is_shown_as_unknown(office: Office) -> None:
    office.join("ana", "bruno")
    ana = office.people["ana"]
    ghost = office.people["bruno"]
    newest = devicelist.add_device(
        office.newest[ana.user], ana.usk, ghost.device, ghost.dsk.public, ghost.dik.public
    )

    rows = office.on("ana", device_rows.own, (), newest)

    assert [row.name for row in rows] == ["", device_rows.UNKNOWN]


def test_a_device_linked_here_is_no_stranger_while_the_stores_answer_is_lost(
    office: Office,
) -> None:
    """The store took the list; the new device opens a space before its linker hears of it."""
    office.join("ana", "bruno")
    old = office.newest[office.people["bruno"].user]
    office.link("bruno", "bruno2")
    office.on("bruno", _unanswered, old)
    space = office.open_space("bruno2", "ana")

    office.follow("bruno", space)
    office.on("bruno", knowing.check_standing, space)

    assert office.alarms("bruno") == []


def _unanswered(session: Session, old: bytes) -> None:
    db = session.stores.device
    me = people.person(db, session.user)
    assert me is not None
    with transaction(db):
        owndevices.set_pending(db, PendingList(signed=me.device_list, slot=b"", grant_=b""))
        people.save_person(db, change(me, device_list=old))
