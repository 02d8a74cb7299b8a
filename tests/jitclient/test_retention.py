"""Deadlines: a clock set back stops nothing, one that leaps destroys nothing at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jitclient import retention, wiping
from jitclient.retention import DAY, LEAP, STANDS, STEP, Known
from jitclient.session import Session
from localstore import spaces
from localstore.connection import transaction
from protocol.errors import MalformedError
from protocol.ids import SpaceId
from tests.jitclient.office import Office
from tests.support.people import NOW

YEAR = 365 * DAY


@pytest.fixture
def space(office: Office) -> SpaceId:
    """A space of thirty days, on a machine whose other clock stands still: it is switched off."""
    office.clock.monotonic = lambda: 0.0  # type: ignore[method-assign]
    office.join("ana", "bruno")
    space = office.open_space("ana", "bruno")

    def due(session: Session) -> None:
        with transaction(session.stores.device):
            spaces.update_space(session.stores.device, space, deadline=NOW + 30 * DAY)

    office.on("bruno", due)
    _round(office)
    return space


def _round(office: Office, day: float | None = None) -> list[SpaceId]:
    """Bruno's machine is started on a day, as its clock says; what is wiped in the first round."""
    if day is not None:
        office.clock.at = NOW + int(day * DAY)
        office.restart("bruno")
    return office.on("bruno", wiping.resume_all, office.clock.now())


def test_a_machine_that_was_off_for_a_month_wipes_at_its_first_start(
    office: Office, space: SpaceId
) -> None:
    assert _round(office, 29.9) == []
    assert _round(office, 31) == [space]
    record = office.on("bruno", lambda s: spaces.space(s.stores.device, space))
    assert record is not None
    assert record.closed_at == NOW + 30 * DAY


def test_a_clock_set_back_does_not_give_more_days(office: Office, space: SpaceId) -> None:
    """It stood at day 29 for a while; then it is set back by a year, and the program runs."""
    for day in (15, 16, 17, 18, 20, 22, 24, 26, 28, 29):
        assert _round(office, day) == []
    _round(office, 29 - 365)

    office.clock.monotonic = lambda: 1.5 * DAY  # type: ignore[method-assign]

    assert _round(office) == [space]


def test_a_clock_that_leaps_by_years_wipes_nothing_and_says_so(
    office: Office, space: SpaceId
) -> None:
    assert _round(office, 5 * 365) == []
    assert office.alarms("bruno") == ["clock-in-doubt"]
    assert _round(office, 5 * 365 + 1) == []
    assert _round(office, 2) == []  # set right
    assert _round(office, 29) == []
    assert _round(office, 30) == [space]


def test_a_leap_that_stands_for_days_is_believed(office: Office, space: SpaceId) -> None:
    """A machine that was off for half a year, and has no store."""
    assert _round(office, 180) == []
    assert _round(office, 182) == []
    assert _round(office, 183) == [space]


def test_leap_upon_leap_stands_for_nothing(office: Office, space: SpaceId) -> None:
    for years in range(1, 9):
        assert _round(office, years * 365) == []
    assert office.alarms("bruno").count("clock-in-doubt") >= 1


def test_a_clock_that_was_wrong_for_an_hour_makes_no_later_deadline_early(
    office: Office, space: SpaceId
) -> None:
    """A month ahead, which is believed at once but not kept; then right again, for two days."""
    assert _round(office, 29.5) == []
    assert _round(office, 1) == []
    office.clock.monotonic = lambda: 1.5 * DAY  # type: ignore[method-assign]
    office.clock.at += DAY

    assert _round(office) == []


def test_who_dismissed_the_doubt_is_not_asked_again_in_every_round(
    office: Office, space: SpaceId
) -> None:
    from localstore import alarms

    _round(office, 5 * 365)

    def dismiss(session: Session) -> None:
        with transaction(session.stores.device):
            alarms.dismiss(session.stores.device, alarms.alarms(session.stores.device)[0].alarm)

    office.on("bruno", dismiss)
    _round(office)
    assert office.alarms("bruno") == []


def test_at_most_one_look_an_hour_is_written_down(office: Office, space: SpaceId) -> None:
    def kept(session: Session) -> str:
        return session.time_kept

    first = office.on("bruno", kept)
    office.clock.at += retention.SAVE_EVERY - 1
    _round(office)
    assert office.on("bruno", kept) == first
    office.clock.at += 1
    _round(office)
    assert office.on("bruno", kept) != first


STEPS = st.lists(st.tuples(st.integers(0, NOW + 20 * YEAR), st.integers(0, DAY)), max_size=30)


@given(STEPS)
def test_time_never_goes_back_and_is_never_ahead_of_all_that_was_seen(
    looks: list[tuple[int, int]],
) -> None:
    kept = Known()
    for reading, ran in looks:
        before = kept.known + ran if kept.known else 0
        kept, counts = retention.step(kept, reading, ran)
        assert counts >= before
        assert kept.known >= before
        assert counts <= max(reading, before)
        assert counts - before <= LEAP or kept.known == reading


@given(STEPS)
def test_what_is_written_down_reads_the_same(looks: list[tuple[int, int]]) -> None:
    kept = Known()
    for reading, ran in looks:
        kept, _ = retention.step(kept, reading, ran)
        assert Known.parse(str(kept)) == kept


@pytest.mark.parametrize("text", ["1", "1:2", "a:b:c", "1:2:-3", "1:2:3:4", "¹:2:3"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Known.parse(text)


def test_the_limits_stand_in_their_order() -> None:
    assert STEP < STANDS < LEAP
