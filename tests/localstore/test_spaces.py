"""The index of spaces, and what outlives a wiped one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstore import alarms, people, spaces
from localstore.connection import Connection
from localstore.people import Compared, Person
from localstore.spaces import ClosedDevice, WipeRecord
from protocol.errors import BugError, NotFoundError
from tests.localstore.samples import ALICE, BOB, LAPTOP, PHONE, SPACE, space_record


def test_a_space_comes_back_as_it_was_and_changes_by_column(db: Connection) -> None:
    spaces.add_space(db, space_record())

    spaces.update_space(db, SPACE, unread=3, deadline=99, closed_by=ALICE)

    changed = space_record(unread=3, deadline=99, closed_by=ALICE)
    assert spaces.space(db, SPACE) == changed
    assert spaces.spaces(db) == [changed]


def test_a_column_that_is_none_is_our_mistake(db: Connection) -> None:
    spaces.add_space(db, space_record())

    for columns in ({"unread = 0; --": 1}, {"rowid": 7}, {}):
        with pytest.raises(BugError):
            spaces.update_space(db, SPACE, **columns)

    assert spaces.space(db, SPACE) == space_record()


def test_an_unknown_space_is_not_found(db: Connection) -> None:
    assert spaces.space(db, SPACE) is None
    with pytest.raises(NotFoundError):
        spaces.update_space(db, SPACE, unread=0)


def test_a_space_that_never_was_can_be_removed(db: Connection) -> None:
    spaces.add_space(db, space_record())

    spaces.remove_space(db, SPACE)

    assert spaces.spaces(db) == []


def test_who_was_in_a_closed_space_is_kept(db: Connection) -> None:
    rows = [
        ClosedDevice(space=SPACE, user=ALICE, device=LAPTOP, signing=b"k1", name="Alice"),
        ClosedDevice(space=SPACE, user=BOB, device=PHONE, signing=b"k2", name="Bob"),
    ]

    spaces.save_closed_devices(db, SPACE, rows)
    spaces.save_closed_devices(db, SPACE, rows)

    assert spaces.closed_devices(db, SPACE) == rows
    assert spaces.closed_devices(db, BOB) == []


def test_a_later_wipe_receipt_takes_the_place_of_the_first_and_is_posted_by_itself(
    db: Connection,
) -> None:
    first = WipeRecord(
        space=SPACE, device=LAPTOP, receipt=b"r", wiped_at=5, remaining="exports", posted=False
    )
    spaces.save_wipe(db, SPACE, LAPTOP, b"r", 5, "exports", posted=False)

    assert spaces.unposted_wipes(db) == [first]

    spaces.save_wipe(db, SPACE, LAPTOP, b"later", 6, "", posted=False)
    spaces.mark_wipe_posted(db, SPACE, b"r")  # the answer to the first comes late

    (later,) = spaces.wipes(db, SPACE)
    assert (later.receipt, later.remaining) == (b"later", "")
    assert spaces.unposted_wipes(db) == [later]
    spaces.mark_wipe_posted(db, SPACE, b"later")
    assert spaces.unposted_wipes(db) == []
    assert spaces.wipes(db, SPACE) == [replace(later, posted=True)]


def person(**changes: object) -> Person:
    known = Person(
        user=ALICE,
        name="Åsa",
        authority="Åklagare",
        country="SE",
        party="member-state",
        device_list=b"list",
        user_key=None,
    )
    return replace(known, **changes)  # type: ignore[arg-type] # fields by name


def test_a_person_is_replaced_and_listed_by_name(db: Connection) -> None:
    people.save_person(db, person())
    people.save_person(db, person(user_key=b"k" * 32))
    people.save_person(db, person(user=BOB, name="anna"))

    assert people.person(db, ALICE) == person(user_key=b"k" * 32)
    assert [p.name for p in people.people(db)] == ["anna", "Åsa"]
    assert people.person(db, PHONE) is None


def test_a_compared_key_stays_although_the_person_changes(db: Connection) -> None:
    people.save_person(db, person(user_key=b"k" * 32))
    seen = Compared(user=ALICE, user_key=b"k" * 32, how="number", at=7, device=PHONE)
    people.set_verified(db, seen)

    people.save_person(db, person(user_key=b"x" * 32))

    assert people.verified_key(db, ALICE) == b"k" * 32
    assert people.compared(db, ALICE) == seen
    assert people.compared(db, BOB) is None
    assert people.verified_key(db, BOB) is None


def test_an_alarm_is_raised_once_per_cause_until_dismissed(db: Connection) -> None:
    first = alarms.raise_alarm(db, SPACE, "log-fork", "Two logs.", 1, "k")

    assert first is not None
    assert alarms.raise_alarm(db, SPACE, "log-fork", "Two logs.", 2, "k") is None
    assert alarms.raise_alarm(db, SPACE, "log-fork", "Two logs.", 2, "other") is not None
    assert alarms.raise_alarm(db, BOB, "log-fork", "Two logs.", 2, "k") is not None
    alarms.dismiss(db, first.alarm)
    again = alarms.raise_alarm(db, SPACE, "log-fork", "Two logs.", 3, "k")
    assert again is not None
    assert again.alarm > first.alarm
    assert len(alarms.alarms(db)) == 3
    assert alarms.alarms(db, dismissed=True) == [replace(first, dismissed=True)]
    alarms.recall(db, first.alarm)
    assert first not in alarms.alarms(db), "the later one of the same cause stands for both"
    alarms.dismiss(db, again.alarm)
    alarms.recall(db, first.alarm)
    assert first in alarms.alarms(db)


def test_an_alarm_about_no_space_is_raised_once_too(db: Connection) -> None:
    first = alarms.raise_alarm(db, None, "store-identity", "Another store.", 1, "")

    assert first is not None
    assert first.space is None
    assert alarms.raise_alarm(db, None, "store-identity", "Another store.", 2, "") is None
    assert alarms.alarms(db) == [first]
