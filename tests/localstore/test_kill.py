"""Killing the process at any write loses nothing acknowledged and leaves no half act."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.localstore.acts import ACTS

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """In memory where there is such a place: what counts is the order of writes, not the disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="NOT TESTED HERE: killing at the n-th write follows system calls of Linux on x86-64",
)
@pytest.mark.parametrize("act", ACTS)
def test_a_kill_at_any_write_loses_nothing_acknowledged(act: str, quick_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.localstore.killed", act, str(quick_folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["problems"] == []
    assert outcome["writes"] >= 8, "the act wrote nothing: the test tests nothing"
