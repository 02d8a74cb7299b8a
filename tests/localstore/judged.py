"""Runs one of the programs that let an act meet its end, and reads what it found."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")

followed = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="NOT TESTED HERE: an act is followed by its system calls, on Linux on x86-64 only",
)


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """In memory where there is such a place: what counts is the order of writes, not the disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def outcome_of(module: str, act: str, folder: Path) -> dict[str, Any]:
    """What `python -m tests.localstore.MODULE ACT FOLDER` prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.localstore.{module}", act, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome
