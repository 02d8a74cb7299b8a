"""The journal of a locked window: on record before a part leaves; a torn line is no line."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from localstore import carried
from protocol.errors import DiskError, SourceChangedError

LEAVES = [(at, bytes([at]) * 32) for at in range(4)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = carried.journal_file(tmp_path, bytes(16), bytes(16))
    carried.begin(found, LEAVES[:2])
    return found


def test_what_is_recorded_is_on_disk_when_it_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(len(carried.load(path))))
    journal = carried.Journal(path)

    for at, leaf in LEAVES:
        journal.record_leaf(at, leaf)

    assert synced == [3, 4]  # those known from before are not written again
    assert carried.load(path) == dict(LEAVES)
    journal.close()


def test_a_part_is_not_recorded_twice_with_other_bytes(path: Path) -> None:
    journal = carried.Journal(path)
    journal.record_leaf(2, LEAVES[2][1])

    with pytest.raises(SourceChangedError):
        journal.record_leaf(2, bytes(32))
    assert carried.load(path)[2] == LEAVES[2][1]
    journal.close()


@pytest.mark.parametrize("cut", range(1, 36))
def test_a_line_that_was_cut_off_is_none_and_the_next_one_is_whole(path: Path, cut: int) -> None:
    with path.open("ab") as file:
        file.write(b"\x00\x00\x00\x07" + bytes(32)[: cut - 4] if cut > 4 else bytes(cut))

    journal = carried.Journal(path)
    journal.record_leaf(*LEAVES[3])
    journal.close()

    assert carried.load(path) == {**dict(LEAVES[:2]), 3: LEAVES[3][1]}


def test_without_a_journal_there_is_nothing(tmp_path: Path) -> None:
    assert carried.load(tmp_path / "none") == {}


class Disk(io.FileIO):
    """Takes half a line while it is full, and says so only to who counts."""

    full = True

    def write(self, data: Any) -> int:
        """As much as there is room for."""
        return super().write(bytes(data)[:20] if self.full else data)


def test_half_a_line_on_a_full_disk_is_no_record_and_the_next_one_is_whole(path: Path) -> None:
    journal = carried.Journal(path)
    journal._file = disk = Disk(path, "r+b")

    with pytest.raises(DiskError):
        journal.record_leaf(*LEAVES[2])
    assert journal.leaf_of(2) is None
    disk.full = False
    journal.record_leaf(*LEAVES[3])
    journal.close()

    assert carried.load(path) == {**dict(LEAVES[:2]), 3: LEAVES[3][1]}


def test_a_line_of_which_the_disk_did_not_say_that_it_has_it_costs_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = carried.Journal(path)
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", _failing)
        with pytest.raises(DiskError):
            journal.record_leaf(*LEAVES[2])
    journal.record_leaf(*LEAVES[2])
    journal.record_leaf(*LEAVES[3])
    journal.close()

    carried.Journal(path).close()

    assert carried.load(path) == dict(LEAVES)


def _failing(_descriptor: int) -> None:
    raise OSError(errno.EIO, "failing")
