"""The system calls that the viewing process may make: reading, writing, memory, time, ending.

A filter of the kernel decides from a list of what is allowed. Opening and looking up files is
answered "no permission", because libraries look for fonts and go on without; anything else ends
the process on the spot, so that the client sees that it was tried.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping
from typing import Final

_AUDIT: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT: Final = 0x40000000
"""Numbers from here on are those of the x32 calling convention, another door to the same calls."""

# Names in the order of <asm/unistd_64.h>; (x86_64, aarch64), None where there is no such call.
_ALLOWED: Final[Mapping[str, tuple[int | None, int]]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "poll": (7, 73),
    "lseek": (8, 62),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
}
_NO_EXECUTION: Final[Mapping[str, tuple[int, int]]] = {"mmap": (9, 222), "mprotect": (10, 226)}
"""Allowed unless the memory is to be executed."""
_ABSENT: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "open": (2, None),
    "stat": (4, None),
    "lstat": (6, None),
    "access": (21, None),
    "readlink": (89, None),
    "openat": (257, 56),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "statx": (332, 291),
    "faccessat2": (439, 439),
    "ioctl": (16, 29),
    "getcwd": (79, 17),
}
"""Answered "no permission": libraries ask, and go on without."""

_LD_W_ABS, _JEQ, _JGE, _JSET, _RET = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _THIRD = 0, 4, 16 + 2 * 8
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE: Final = 0x00050000 | errno.EACCES
_PROT_EXEC: Final = 4

_PR_SET_SECCOMP: Final = 22
_FILTER: Final = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def program(machine: str) -> bytes:
    """The filter for a machine (`platform.machine()`), as the kernel reads it.

    Raises:
        OSError: there is none for this machine.
    """
    if machine not in _AUDIT:
        raise OSError(errno.ENOSYS, f"no list of system calls for {machine}")
    column = 0 if machine == "x86_64" else 1
    code = [(_LD_W_ABS, 0, 0, _ARCH), (_JEQ, 1, 0, _AUDIT[machine]), (_RET, 0, 0, _KILL)]
    code += [(_LD_W_ABS, 0, 0, _NUMBER), (_JGE, 0, 1, _X32_BIT), (_RET, 0, 0, _KILL)]
    for verdict, calls in ((_ALLOW, _ALLOWED), (_REFUSE, _ABSENT)):
        for numbers in calls.values():
            if (number := numbers[column]) is not None:
                code += [(_JEQ, 0, 1, number), (_RET, 0, 0, verdict)]
    for numbers in _NO_EXECUTION.values():
        code += [
            (_JEQ, 0, 4, numbers[column]),
            (_LD_W_ABS, 0, 0, _THIRD),
            (_JSET, 0, 1, _PROT_EXEC),
            (_RET, 0, 0, _REFUSE),
            (_RET, 0, 0, _ALLOW),
        ]
    code.append((_RET, 0, 0, _KILL))
    return b"".join(struct.pack("=HBBI", *one) for one in code)


def install(libc: ctypes.CDLL) -> None:
    """From here on this process makes only the calls of the list.

    Raises:
        OSError: the kernel or the machine does not have it.
    """
    code = program(platform.machine())
    one = _Program(len(code) // 8, code)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(one), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")
