"""The bound on bytes per second. Time is moved by the waiting itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.chunk_io import SLICE_BYTES
from sync.throttle import MIN_BYTES_PER_SECOND, Throttle


class Time:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.naps.append(seconds)
        self.now += seconds


@given(
    rate=st.integers(MIN_BYTES_PER_SECOND, 100 << 20),
    pieces=st.lists(st.integers(1, 256 << 10), min_size=1, max_size=60),
)
def test_never_more_passes_than_the_rate_and_one_piece(rate: int, pieces: list[int]) -> None:
    time = Time()
    throttle = Throttle(time.clock, time.sleep)
    throttle.limit(rate)
    began, passed = time.now, 0

    for piece in pieces:
        throttle.take(piece)
        passed += piece
        assert passed - piece <= rate * (time.now - began) + rate * 0.25 + 1e-3

    assert time.now - began <= passed / rate + 0.001 * len(pieces) + 0.01, (
        "it waited longer than the rate asks for"
    )


def test_without_a_bound_nobody_waits() -> None:
    time = Time()
    throttle = Throttle(time.clock, time.sleep)
    throttle.limit(1 << 20)
    throttle.limit(0)

    throttle.take(1 << 30)

    assert time.naps == []
    assert throttle.piece(SLICE_BYTES) == SLICE_BYTES


@pytest.mark.parametrize("rate", [1, MIN_BYTES_PER_SECOND, 1 << 20])
def test_under_a_bound_pieces_are_small_enough_to_be_seen_moving(rate: int) -> None:
    throttle = Throttle()
    throttle.limit(rate)

    assert throttle.piece(SLICE_BYTES) <= throttle.rate / 4
    assert throttle.rate >= MIN_BYTES_PER_SECOND


def test_whoever_waits_goes_on_when_the_transfer_ends_or_the_bound_is_lifted() -> None:
    time = Time()
    throttle = Throttle(time.clock, time.sleep)
    throttle.limit(MIN_BYTES_PER_SECOND)
    throttle.take(1 << 30)  # pays for hours

    throttle.take(1, ended=lambda: len(time.naps) >= 3)
    assert len(time.naps) == 3

    throttle.limit(0)
    throttle.take(1 << 30)
    assert len(time.naps) == 3


def test_a_rate_that_is_wished_for_meanwhile_holds_within_a_second_also_for_who_waits() -> None:
    time = Time()
    wish = [MIN_BYTES_PER_SECOND]
    asked: list[float] = []

    def wanted() -> int:
        asked.append(time.now)
        return wish[0]

    throttle = Throttle(time.clock, time.sleep, wanted)
    throttle.piece(SLICE_BYTES)
    assert throttle.rate == MIN_BYTES_PER_SECOND
    throttle.take(1 << 30)  # pays for hours
    wish[0] = 0
    began = time.now

    throttle.take(1)

    assert throttle.rate == 0
    assert time.now - began <= 1.5
    assert all(later - one >= 1.0 for one, later in pairwise(asked))
