"""How far and how fast, in bytes."""

from __future__ import annotations

import pytest

from jitclient.pace import MEMORY_SECONDS, Pace
from sync.terms import Progress

PART = 4 << 20


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def _steady(pace: Pace, clock: Clock, *, rate: float, step: float, steps: int, moved: int) -> int:
    for _ in range(steps):
        clock.now += step
        moved += int(rate * step)
        pace.see(Progress("moving", moved, moved // PART, 1000, moved % PART))
    return moved


@pytest.mark.parametrize("step", [0.01, 0.25, 1.0])
def test_a_steady_line_shows_its_rate_however_often_it_is_looked_at(step: float) -> None:
    clock = Clock()
    pace = Pace(1000 * PART, clock)

    moved = _steady(pace, clock, rate=8e6, step=step, steps=int(20 / step), moved=0)
    assert pace.rate == pytest.approx(8e6, rel=0.01)

    _steady(pace, clock, rate=1e6, step=step, steps=int(3 * MEMORY_SECONDS / step), moved=moved)
    assert pace.rate == pytest.approx(1e6, rel=0.4)


def test_a_line_on_which_nothing_moves_any_more_comes_to_nothing() -> None:
    clock = Clock()
    pace = Pace(1000 * PART, clock)
    moved = _steady(pace, clock, rate=8e6, step=0.25, steps=80, moved=0)

    _steady(pace, clock, rate=0, step=0.25, steps=int(6 * MEMORY_SECONDS / 0.25), moved=moved)

    assert pace.rate < 8e6 / 100


def test_bytes_of_a_part_under_way_count_and_the_end_is_not_reached_before_the_receipt() -> None:
    clock = Clock()
    pace = Pace(10 * PART, clock)

    pace.see(Progress("moving", 100, 0, 10, 100))
    assert pace.done == 100
    pace.see(Progress("moving", 2 * PART, 1, 10, PART // 2))
    assert pace.done == PART + PART // 2
    for state in ("moving", "closing"):
        pace.see(Progress(state, 10 * PART, 10, 10))
        assert pace.done == 10 * PART - 1
    pace.see(Progress("done", 10 * PART, 10, 10))
    assert pace.done == 10 * PART
