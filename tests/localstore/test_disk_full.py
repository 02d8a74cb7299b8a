"""A full disk is said clearly, loses nothing acknowledged, and is forgotten when there is room."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localstore.connection import Connection, check
from protocol.errors import DiskError
from tests.localstore.samples import send, sends_that_happened

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2.25 MiB with a third of it taken."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2304k", "none", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("NOT TESTED HERE: may not mount a small file system")
    (place / "ballast").write_bytes(bytes(768 * 1024))
    yield place
    subprocess.run(["umount", str(place)], check=True)


def filled_up(place: Path, how: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.localstore.limited", str(place), how],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def judge(outcome: dict[str, Any]) -> None:
    assert outcome["acknowledged"] >= 1
    assert len(outcome["refusals"]) == 3
    assert all("Nothing that was acknowledged is lost" in said for said in outcome["refusals"])
    assert outcome["stored_after"] == outcome["acknowledged"] + 1
    assert outcome["problems"] == []
    assert outcome["vault_left"] == []


def test_a_full_disk_refuses_the_act_and_works_again_after_room_is_made(small_disk: Path) -> None:
    outcome = filled_up(small_disk, "here")

    judge(outcome)
    assert all("full" in said for said in outcome["refusals"])


@pytest.mark.skipif(sys.platform == "win32", reason="NOT TESTED HERE: no RLIMIT_FSIZE")
def test_a_write_that_the_system_cuts_short_loses_nothing(tmp_path: Path) -> None:
    judge(filled_up(tmp_path, "limit"))


def test_a_database_that_may_not_grow_keeps_what_it_has(sp: Connection) -> None:
    pages = sp.execute("PRAGMA page_count").fetchall()[0][0]
    sp.execute(f"PRAGMA max_page_count = {pages + 12}")
    acknowledged = 0

    def until_full() -> None:
        nonlocal acknowledged
        for number in range(1, 1000):
            send(sp, number)
            acknowledged = number

    with pytest.raises(DiskError, match="full"):
        until_full()

    sp.execute("PRAGMA max_page_count = 1000000")
    send(sp, acknowledged + 1)
    sp.execute("BEGIN")
    assert sends_that_happened(sp) == (acknowledged + 1, [])
    sp.execute("ROLLBACK")
    check(sp)
