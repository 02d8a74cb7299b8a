"""Alarms: each cause once, and no flood, however many bad things are sent."""

from __future__ import annotations

from jitclient.session import MAX_ALARMS
from protocol.errors import ForgedError, ReplayError
from protocol.ids import SpaceId
from tests.jitclient.office import Office

SPACE, OTHER = SpaceId(b"s" * 16), SpaceId(b"o" * 16)


def _raise(office: Office, error: ForgedError | ReplayError, space: SpaceId, times: int) -> None:
    for number in range(times):
        office.on("ana", lambda s, n=number: s.alarm(space, error, key=str(n)))


def test_a_cause_is_told_once_until_it_is_dismissed(office: Office) -> None:
    office.join("ana")
    for _ in range(3):
        _raise(office, ForgedError("Bad."), SPACE, 1)
    assert office.alarms("ana") == ["forged"]


def test_a_flood_of_one_kind_is_bounded_and_hides_no_other(office: Office) -> None:
    office.join("ana")
    _raise(office, ForgedError("Bad."), SPACE, 3 * MAX_ALARMS)
    assert office.alarms("ana") == ["forged"] * (MAX_ALARMS + 1)
    _raise(office, ReplayError("Again."), SPACE, 1)
    _raise(office, ForgedError("Bad."), OTHER, 1)
    assert office.alarms("ana")[-2:] == ["replay", "forged"]
