"""Power that goes away at any moment loses nothing acknowledged, whatever the disk had not written.

Fault F02. The disk is a model of one (`powerless.py`); what is judged are real files and databases.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.localstore.acts import ACTS
from tests.localstore.judged import followed, outcome_of
from tests.localstore.judged import quick_folder as quick_folder  # noqa: PLC0414 - a fixture
from tests.localstore.powerless import SECTOR, Disk
from tests.localstore.traced import Event


@pytest.mark.slow
@followed
@pytest.mark.parametrize("act", ACTS)
def test_power_lost_at_any_moment_loses_nothing_acknowledged(act: str, quick_folder: Path) -> None:
    outcome = outcome_of("powerless", act, quick_folder)

    assert outcome["problems"] == []
    assert outcome["disks"] >= 5, "hardly anything was lost: the test tests nothing"


def test_a_disk_keeps_what_was_synchronised_and_may_lose_the_rest() -> None:
    disk = Disk({"kept": b"old"}, set())
    for event in (
        Event("open", "new", handle=1),
        Event("write", handle=1, at=0, data=b"x" * (2 * SECTOR)),
        Event("open", "kept", handle=2),
        Event("write", handle=2, at=0, data=b"NEW"),
    ):
        disk.do(event)
    found = [disk.after_power_loss(random.Random(seed)) for seed in range(60)]

    assert disk.after_power_loss(None) == {"kept": b"old"}
    assert {one["kept"] for one in found} == {b"old", b"NEW"}
    assert {len(one.get("new") or b"") for one in found} == {0, SECTOR, 2 * SECTOR}
    assert any("new" not in one for one in found)

    disk.do(Event("sync", handle=1))
    disk.do(Event("open", ".", handle=3))
    disk.do(Event("sync", handle=3))

    assert disk.after_power_loss(None) == {"kept": b"old", "new": b"x" * (2 * SECTOR)}


def test_names_are_lost_from_the_end_and_renamed_files_keep_their_bytes() -> None:
    disk = Disk({"name": b"old"}, {"folder"})
    for event in (
        Event("open", "name.new", handle=1),
        Event("write", handle=1, at=0, data=b"new"),
        Event("sync", handle=1),
        Event("move", "name.new", "name"),
        Event("gone", "folder"),
    ):
        disk.do(event)
    found = [disk.after_power_loss(random.Random(seed)) for seed in range(60)]

    assert {one["name"] for one in found} == {b"old", b"new"}
    assert all("folder" in one for one in found if one["name"] == b"old")
    assert any("folder" not in one for one in found)
