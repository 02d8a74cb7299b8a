"""SIGKILL at random moments: nothing is lost, and only what was in flight is moved again.

The long run is `python -m tests.transfers.kills --times 1000`; its figures are in bench/RESULTS.md.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.transfers.journal import Figures, read
from tests.transfers.kills import kill

TIMES = 15


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the client that is killed is forked")
def test_a_client_that_is_killed_at_random_loses_nothing_and_repeats_only_what_was_in_flight(
    tmp_path: Path,
) -> None:
    run = asyncio.run(kill(TIMES, seed=26, folder=tmp_path))

    assert run.wrong == []
    assert run.figures.kills == TIMES
    assert run.figures.parts["put"] > 0
    assert run.figures.parts["get"] > 0
    assert run.sound, run.figures


def test_a_part_that_no_kill_cut_off_and_that_is_moved_again_is_counted_as_lost() -> None:
    """The measure itself: it must be able to say no."""
    figures = Figures()
    figures.see(read(["put /a begun", "put /a ended", "put /b begun"]))
    figures.see(read([]))
    figures.see(read(["put /b begun", "put /b ended"]))
    assert (figures.again["put"], figures.lost["put"], figures.flying["put"]) == (1, 0, 1)

    figures.see(read(["put /a begun", "put /a ended"]))

    assert (figures.again["put"], figures.lost["put"]) == (2, 1)
