"""Runs an act again and again, each time killing it one write to the disk later.

`python -m tests.localstore.killed ACT FOLDER` forks a child per turn, follows its system calls
(ptrace) and sends SIGKILL instead of letting the n-th write happen, n = 1, 2, ... until the act
runs through. What the child had acknowledged on a pipe must be there afterwards, whole. Prints
JSON: how many writes there were, and every contradiction.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.localstore import acts

TRACE_ME, PEEK_USER, SYSCALL, SET_OPTIONS = 0, 3, 24, 0x4200
STOP_AT_SYSCALL: Final = signal.SIGTRAP | 0x80
CALL, FIRST, THIRD = 15 * 8, 14 * 8, 12 * 8  # offsets of orig_rax, rdi, rdx in `struct user`
OPENAT: Final = 257
WRITES: Final = frozenset(
    # write, pwrite64, fsync, fdatasync, ftruncate, rename, mkdir, rmdir, unlink, pwritev,
    # unlinkat, renameat, renameat2
    {1, 18, 74, 75, 77, 82, 83, 84, 87, 296, 263, 264, 316}
)
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_LIBC.ptrace.restype = ctypes.c_long


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


def killed_at(
    turn: int, run: Callable[[Path, Callable[[], None]], None], place: Path
) -> tuple[int, bool]:
    """Run in a child; return how much it acknowledged and whether it ran to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _LIBC.ptrace(TRACE_ME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        status = 1
        try:
            run(place, lambda: _tell(writing))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    finished = _follow(child, turn, writing)
    with os.fdopen(reading, "rb") as acknowledgements:
        return len(acknowledgements.read()), finished


def _tell(pipe: int) -> None:
    os.write(pipe, b".")


def _follow(child: int, turn: int, pipe: int) -> bool:
    os.waitpid(child, 0)
    _LIBC.ptrace(SET_OPTIONS, child, None, 1)
    seen, entering = 0, True
    while True:
        _LIBC.ptrace(SYSCALL, child, None, None)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise SystemExit(f"the act itself failed at turn {turn}")
            return True
        if os.WSTOPSIG(status) != STOP_AT_SYSCALL:
            continue
        seen += entering and _writes(child, pipe)
        entering = not entering
        if seen == turn:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False


def _writes(child: int, pipe: int) -> bool:
    call, first, third = (_LIBC.ptrace(PEEK_USER, child, at, None) for at in (CALL, FIRST, THIRD))
    if call == OPENAT:
        return bool(third & os.O_CREAT)
    return call in WRITES and first != pipe


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
