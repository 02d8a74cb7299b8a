"""F15: the memory of the locked program holds no key, no passphrase and no text."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto import vault
from jitclient import unlocking
from localstore.profile import Profile
from tests.support.people_at_work import PASSPHRASE, Team

ROOT = Path(__file__).parents[2]
TEXT = "Meeting point: the old lighthouse, 04:30"
_BLOCK = 1 << 24

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED HERE: reads /proc/PID/mem"),
]


def memory(pid: int) -> Iterator[bytes]:
    """Every readable page of a process, as a core dump would hold it; blocks overlap a little."""
    with Path(f"/proc/{pid}/maps").open() as maps:
        regions = [line.split() for line in maps]
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as pages:
        for region in regions:
            start, end = (int(side, 16) for side in region[0].split("-"))
            if "r" not in region[1] or region[-1] in {"[vvar]", "[vsyscall]"}:
                continue
            for at in range(start, end, _BLOCK):
                try:
                    pages.seek(at)
                    yield pages.read(min(_BLOCK + 256, end - at))
                except (OSError, ValueError):
                    continue


def found_in(pid: int, wanted: dict[str, list[bytes]]) -> set[str]:
    """Which of these stand anywhere in the memory of a process."""
    left = dict(wanted)
    for block in memory(pid):
        for name in [n for n, forms in left.items() if any(form in block for form in forms)]:
            del left[name]
    return set(wanted) - set(left)


def forms_of_key(key: bytes) -> list[bytes]:
    return [key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key)[:-4]]


def forms_of_text(text: str) -> list[bytes]:
    return [text.encode(), text.encode("utf-16-le"), text.encode("utf-32-le")]


def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


async def test_f15_nothing_secret_is_in_the_memory_of_the_locked_window(team: Team) -> None:
    await team.lock("ana")
    profile = team.profile("ana")
    with Profile(profile) as held:
        master = unlocking.master_key(held, PASSPHRASE)
    team.store.stop()  # so that what is written waits with its content key
    wanted = {
        "passphrase": forms_of_text(PASSPHRASE),
        "message": forms_of_text(TEXT),
        "title": forms_of_text("Operation Albatross"),
        "master key": forms_of_key(master),
        "key of device.db": forms_of_key(vault.subkey(master, "device-db", 64)[:32]),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.locked_window", str(profile)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        assert child.stdin is not None
        child.stdin.write(f"{PASSPHRASE}\n{TEXT}\n")
        child.stdin.flush()
        told = json.loads(line(child))
        wanted |= {name: forms_of_key(bytes.fromhex(key)) for name, key in told.items()}
        open_ = found_in(child.pid, wanted)
        child.stdin.write("lock\n")
        child.stdin.flush()
        assert line(child) == "locked"
        locked = found_in(child.pid, wanted)
    finally:
        child.kill()
        child.wait(120)

    assert {"passphrase", "message", "title", "root", "device key", "space key"} <= open_
    assert any(name.startswith("session") for name in open_)
    assert any(name.startswith("content key") for name in open_)
    assert locked == set()
