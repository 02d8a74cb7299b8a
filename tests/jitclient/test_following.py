"""Membership logs: what is shown is checked, and a crash between two files loses nothing."""

from __future__ import annotations

from unittest import mock

import pytest

from crypto import signatures
from jitclient import following
from localstore import spaces
from protocol.api.spaces import SpaceSummary
from protocol.errors import LogForkError
from protocol.membership import EntryKind
from protocol.roles import Party, Role
from tests.jitclient.office import Office
from tests.support.people import entry


class CrashError(BaseException):
    """The power goes."""


def test_a_crash_after_the_first_entry_was_stored_does_not_wedge_the_space(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana")
    office.add("ana", space, "bruno")
    with (
        mock.patch.object(following, "remember_head", side_effect=CrashError),
        pytest.raises(CrashError),
    ):
        office.follow("bruno", space)
    office.restart("bruno")
    office.follow("bruno", space)
    assert office.alarms("bruno") == []
    office.exchange(space, "ana", "bruno")
    office.write("ana", space, "Hello.")
    office.exchange(space, "ana", "bruno")
    assert office.texts("bruno", space) == ["Hello."]
    record = office.on("bruno", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert (record.state, record.title, record.log_seq) == ("open", "Albatross", 1)


def test_the_same_log_again_says_nothing(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    assert office.follow("bruno", space, office.logs[space]) == 1
    assert office.alarms("bruno") == []


def test_another_version_of_an_entry_is_a_fork(office: Office) -> None:
    office.join("ana", "bruno", "carla", "dario")
    space = office.open_space("ana", "bruno")
    ana = office.people["ana"]
    before = office.on("ana", lambda s: s.log(space).roster)
    office.add("ana", space, "carla")
    office.follow("bruno", space)
    other = entry(
        before,
        ana,
        EntryKind.ADD,
        subject=office.people["dario"],
        role=Role.INVESTIGATOR,
        party=Party.MEMBER_STATE,
    )
    signed = signatures.sign(ana.dsk, ana.device, other)
    stored = office.entries("bruno", space)
    assert office.follow("bruno", space, [signed]) == 2
    assert office.alarms("bruno") == ["log-fork"]
    assert office.entries("bruno", space) == stored
    with pytest.raises(LogForkError):
        office.write("bruno", space, "Is anybody there?")


def test_a_closing_nobody_signed_wipes_nothing(office: Office) -> None:
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")
    bruno = office.people["bruno"]
    roster = office.on("bruno", lambda s: s.log(space).roster)
    closing = entry(roster, office.people["ana"], EntryKind.CLOSE)
    forged = signatures.sign(bruno.dsk, office.people["ana"].device, closing)
    mine = signatures.sign(bruno.dsk, bruno.device, entry(roster, bruno, EntryKind.CLOSE))
    for signed in (forged, mine):
        assert office.follow("bruno", space, [signed]) == 1
    assert office.alarms("bruno") == ["forged-closing"]
    record = office.on("bruno", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert record.state == "open"
    office.write("bruno", space, "Still here.")


def test_a_member_whom_no_administrator_signed_is_a_ghost(office: Office) -> None:
    office.join("ana", "bruno", "mallory")
    space = office.open_space("ana", "bruno")
    mallory = office.people["mallory"]
    roster = office.on("bruno", lambda s: s.log(space).roster)
    addition = entry(
        roster,
        mallory,
        EntryKind.ADD,
        subject=mallory,
        role=Role.INVESTIGATOR,
        party=Party.MEMBER_STATE,
    )
    signed = signatures.sign(mallory.dsk, mallory.device, addition)
    assert office.follow("bruno", space, [signed]) == 1
    assert office.alarms("bruno") == ["ghost-member"]
    assert mallory.user not in office.on("bruno", lambda s: s.log(space).roster.members)


def test_an_older_list_and_a_hidden_space_are_told(office: Office) -> None:
    office.join("ana", "bruno", "carla")
    space = office.open_space("ana", "bruno", "carla")
    older = SpaceSummary(id=space, seq=1, closed=False)
    office.on("bruno", following.listed, [older])
    office.on("bruno", following.listed, [older])
    assert office.alarms("bruno") == ["log-rollback"]
    office.on("carla", following.listed, [])
    assert office.alarms("carla") == ["log-rollback"]


def test_a_space_opened_since_the_list_was_asked_for_is_not_hidden(office: Office) -> None:
    """The list came without it, then the store took its genesis: nobody hides anything."""
    office.join("ana", "bruno")
    space = office.open_space("ana")

    office.on("ana", following.listed, [])
    assert office.alarms("ana") == []

    office.add("ana", space, "bruno")
    office.on("ana", following.listed, [])
    assert office.alarms("ana") == ["log-rollback"]
