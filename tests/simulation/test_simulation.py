"""Fixed seeds in every run, and those that once found something; more: make simulate."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.run import simulate

ROOT = Path(__file__).resolve().parents[2]
STEPS = 40
FIXED = range(1, 9)
FOUND = ((1, 60, "a space opened while the store was away is not told of as hidden"),)
"""(seed, steps, law): what failed once. A change of the acts changes what a seed plays; the law of
each is therefore also held by a test of its own beside the code it was found in."""


@pytest.mark.parametrize("seed", FIXED)
def test_every_law_holds_in_bad_weather(seed: int) -> None:
    played = simulate(seed, STEPS)

    assert played.counts["texts"] > 0


@pytest.mark.parametrize(("seed", "steps", "law"), FOUND, ids=[f[2] for f in FOUND])
def test_a_seed_that_found_something_stays_mended(seed: int, steps: int, law: str) -> None:
    assert simulate(seed, steps).seed == seed, law


def test_one_seed_is_one_history() -> None:
    first, second = simulate(7, 25), simulate(7, 25)

    assert first.trace == second.trace
    assert first.fingerprint == second.fingerprint


def test_a_seed_plays_the_same_in_a_process_with_another_order_of_sets() -> None:
    code = "from tests.simulation.run import simulate; print(simulate(7, 25).fingerprint)"

    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": order},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for order in ("1", "2")
    }

    assert len(found) == 1
