"""Runs an act again and again, each time killing it one write to the disk later.

`python -m tests.localstore.killed ACT FOLDER` forks a child per turn, follows its system calls
(ptrace) and sends SIGKILL instead of letting the n-th write happen, n = 1, 2, ... until the act
runs through. What the child had acknowledged on a pipe must be there afterwards, whole. Prints
JSON: how many writes there were, and every contradiction.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

from tests.localstore import acts
from tests.localstore.ptrace import ARGUMENTS, CALL, Act, peek, started, stops

OPENAT: Final = 257
WRITES: Final = frozenset(
    # write, pwrite64, fsync, fdatasync, ftruncate, rename, mkdir, rmdir, unlink, pwritev,
    # unlinkat, renameat, renameat2
    {1, 18, 74, 75, 77, 82, 83, 84, 87, 296, 263, 264, 316}
)


def main(act: str, folder: Path) -> None:
    prepare, run, judge = acts.ACTS[act]
    problems: list[str] = []
    turn, finished = 0, False
    template = folder / f"{act}-prepared"
    prepare(template)
    while not finished:
        turn += 1
        place = folder / f"{act}-{turn}"
        shutil.copytree(template, place)
        acknowledged, finished = killed_at(turn, run, place)
        problems += [f"write {turn}: {problem}" for problem in judge(place, acknowledged)]
        shutil.rmtree(place)
    print(json.dumps({"writes": turn - 1, "problems": problems}))


def killed_at(turn: int, run: Act, place: Path) -> tuple[int, bool]:
    """Run in a child; return how much it acknowledged and whether it ran to its end."""
    child, reading, writing = started(run, place)
    os.close(writing)
    finished = _follow(child, turn, writing)
    with os.fdopen(reading, "rb") as acknowledgements:
        return len(acknowledgements.read()), finished


def _follow(child: int, turn: int, pipe: int) -> bool:
    seen = 0
    for entering in stops(child):
        seen += entering and _writes(child, pipe)
        if seen == turn:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
    return True


def _writes(child: int, pipe: int) -> bool:
    call, first, third = (peek(child, at) for at in (CALL, ARGUMENTS[0], ARGUMENTS[2]))
    if call == OPENAT:
        return bool(third & os.O_CREAT)
    return call in WRITES and first != pipe


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
