"""Retries spread under a ceiling from 2 to 60 seconds, and a store's own wish is kept (F09)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.machines.link import (
    POLL_SECONDS,
    Answered,
    Busy,
    Event,
    Link,
    State,
    Unreachable,
    WakeIn,
    WrongStore,
    retry_delay,
    step,
)

jitters = st.floats(0, 1, exclude_max=True)


@given(tries=st.integers(0, 10_000), jitter=jitters)
def test_a_delay_is_never_below_one_nor_above_sixty_seconds(tries: int, jitter: float) -> None:
    assert 1.0 <= retry_delay(tries, jitter) <= 60.0


@pytest.mark.parametrize(
    ("tries", "ceiling"), [(0, 2), (1, 4), (2, 8), (3, 16), (4, 32), (5, 60), (99, 60)]
)
def test_the_ceiling_doubles_up_to_a_minute_and_the_whole_range_is_used(
    tries: int, ceiling: float
) -> None:
    assert retry_delay(tries, 0.0) == 1.0
    assert retry_delay(tries, 0.5) == 1.0 + (ceiling - 1.0) / 2


@given(tries=st.integers(0, 20), jitter=jitters, wanted=st.floats(0, 3600))
def test_what_the_store_asks_for_is_never_undercut(
    tries: int, jitter: float, wanted: float
) -> None:
    assert retry_delay(tries, jitter, wanted) >= wanted


def test_clients_told_the_same_time_do_not_come_back_in_step() -> None:
    assert retry_delay(0, 0.1, 30.0) != retry_delay(0, 0.9, 30.0)


def test_an_answer_ends_the_counting() -> None:
    state, wake = step(State(Link.OFFLINE, 7), Answered())

    assert state == State(Link.ONLINE, 0)
    assert wake == WakeIn(POLL_SECONDS)


@pytest.mark.parametrize(
    ("event", "link"),
    [
        (Unreachable(0.5), Link.OFFLINE),
        (Busy(0.5), Link.ONLINE),
        (WrongStore(0.5), Link.REFUSED),
    ],
)
def test_each_failure_is_counted_and_named(event: Event, link: Link) -> None:
    first, early = step(State(), event)
    second, later = step(first, event)

    assert (first.link, first.failures, second.failures) == (link, 1, 2)
    assert early.seconds < later.seconds


def test_only_a_busy_store_is_not_asked_sooner() -> None:
    assert step(State(), Unreachable(0.0))[1].sooner
    assert not step(State(), Busy(0.0, 30.0))[1].sooner
    assert step(State(), Busy(0.0, 30.0))[1].seconds == 30.0
