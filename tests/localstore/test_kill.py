"""Killing the process at any write loses nothing acknowledged and leaves no half act."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.localstore.acts import ACTS
from tests.localstore.judged import followed, outcome_of
from tests.localstore.judged import quick_folder as quick_folder  # noqa: PLC0414 - a fixture


@pytest.mark.slow
@followed
@pytest.mark.parametrize("act", ACTS)
def test_a_kill_at_any_write_loses_nothing_acknowledged(act: str, quick_folder: Path) -> None:
    outcome = outcome_of("killed", act, quick_folder)

    assert outcome["problems"] == []
    assert outcome["writes"] >= 8, "the act wrote nothing: the test tests nothing"
