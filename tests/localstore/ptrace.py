"""Following an act by its system calls: Linux on x86-64 (ptrace)."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

_TRACE_ME, _PEEK_USER, _SYSCALL, _SET_OPTIONS = 0, 3, 24, 0x4200
_STOP_AT_SYSCALL: Final = signal.SIGTRAP | 0x80
CALL, RESULT = 15 * 8, 10 * 8  # orig_rax and rax in `struct user`
ARGUMENTS: Final = (14 * 8, 13 * 8, 12 * 8, 7 * 8, 9 * 8)  # rdi, rsi, rdx, r10, r8
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_LIBC.ptrace.restype = ctypes.c_long

Act = Callable[[Path, Callable[[], None]], None]
"""What is done in a folder, and how it says that something is acknowledged."""


def started(run: Act, place: Path) -> tuple[int, int, int]:
    """A child that stands before its first call, and a pipe: a byte for each acknowledgement.

    (process, reading end, writing end: the child's, and this process's to close.)
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _LIBC.ptrace(_TRACE_ME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        status = 1
        try:
            run(place, lambda: _tell(writing))
            status = 0
        finally:
            os._exit(status)
    return child, reading, writing


def _tell(pipe: int) -> None:
    os.write(pipe, b".")


def stops(child: int) -> Iterator[bool]:
    """At every call of the child, when it enters it (True) and when it leaves it (False).

    Ends with the child. Raises SystemExit when that fails.
    """
    os.waitpid(child, 0)
    _LIBC.ptrace(_SET_OPTIONS, child, None, 1)
    entering = True
    while True:
        _LIBC.ptrace(_SYSCALL, child, None, None)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                raise SystemExit("the act itself failed")
            return
        if os.WSTOPSIG(status) == _STOP_AT_SYSCALL:
            yield entering
            entering = not entering


def peek(child: int, at: int) -> int:
    """A register of the child that stands, by its offset in `struct user`."""
    return int(_LIBC.ptrace(_PEEK_USER, child, at, None))
