"""The walls around the viewing process, raised before it is given a byte of an exhibit (Linux).

The filter of system calls is the wall that must stand; without it nothing is shown. Landlock and
namespaces are further walls behind it, taken where the machine has them. `begin` comes first, while
the process has one thread and nothing loaded; `finish` when every library is loaded.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from pathlib import Path
from typing import Final

from jitclient.viewing import seccomp
from jitclient.viewing.wire import Walls

MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Address space of the process, program and libraries included."""
PROCESSOR_SECONDS: Final = 300
"""Of one exhibit that stays open."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_PR_CAPBSET_DROP = 24
_SIGKILL = 9
_NEW_USER, _NEW_NET, _NEW_NS = 0x10000000, 0x40000000, 0x00020000
_NEW_IPC, _NEW_UTS = 0x08000000, 0x04000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REC, _MS_PRIVATE = 0x4000, 1 << 18
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446  # the same number on every machine
_CAPSET: Final = {"x86_64": 126, "aarch64": 91}
_LAST_CAPABILITY: Final = 63


def _mount_namespace() -> str:
    return os.readlink("/proc/self/ns/mnt")  # noqa: PTH115 - a name, and no Path afterwards


_OUTSIDE: Final = _mount_namespace() if os.path.exists("/proc/self/ns/mnt") else ""  # noqa: PTH110
"""Where the client lives: nothing is ever mounted there."""


def begin() -> bool:
    """No new privileges, an end with the client, and namespaces of its own where allowed.

    Returns:
        Whether the process is alone in its namespaces: no network, no other process's things.

    Raises:
        OSError: it cannot give up privileges.
    """
    libc = _libc()
    _must(libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0))
    _must(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _must(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))  # no core, and nobody looks inside
    apart = _NEW_USER | _NEW_NET | _NEW_NS | _NEW_IPC | _NEW_UTS
    return bool(libc.unshare(apart) == 0)


def finish(*, apart: bool) -> Walls:
    """Everything else; afterwards the process can compute, read its pipe and write to it.

    Raises:
        OSError: the filter of system calls cannot be had.
    """
    libc = _libc()
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208 - names, and no Path afterwards
        raise OSError("a library started a thread that the walls would not stand around")
    walls = Walls(0)
    if apart and _empty_root(libc):
        walls |= Walls.NAMESPACES
    if _no_files(libc):
        walls |= Walls.FILES
    _drop_capabilities(libc)
    _limits()
    seccomp.install(libc)
    return walls | Walls.CALLS


def _empty_root(libc: ctypes.CDLL) -> bool:
    """See no file at all: the root becomes an empty folder that nobody can write to."""
    if _mount_namespace() == _OUTSIDE:  # as root it would be everybody's /proc
        return False
    flags = _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    return bool(
        libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None) == 0
        and libc.mount(b"none", b"/proc", b"tmpfs", flags, b"size=4k,nr_inodes=2") == 0
        and libc.chroot(b"/proc") == 0
        and libc.chdir(b"/") == 0
    )


def _no_files(libc: ctypes.CDLL) -> bool:
    """Landlock: everything of files, network and other processes is handled, nothing allowed."""
    abi = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return False
    # Rights came with the versions: 13 at first, then refer, truncate, ioctl; net; scopes.
    files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)) - 1
    net, scoped = (3 if abi >= 4 else 0), (3 if abi >= 6 else 0)
    rules = struct.pack("=QQQ", files, net, scoped)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    made = libc.syscall(_LANDLOCK_CREATE, rules, size, 0)
    if made < 0:
        return False
    done = bool(libc.syscall(_LANDLOCK_RESTRICT, made, 0) == 0)
    os.close(made)
    return done


def _drop_capabilities(libc: ctypes.CDLL) -> None:
    """Whoever started the client, this process may do nothing special."""
    for one in range(_LAST_CAPABILITY + 1):
        libc.prctl(_PR_CAPBSET_DROP, one, 0, 0, 0)
    number = _CAPSET.get(os.uname().machine)
    if number is not None:
        head = struct.pack("=Ii", 0x20080522, 0)
        _must(libc.syscall(number, head, bytes(24)))


def _limits() -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays usable; nothing is opened on top
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
    ):
        resource.setrlimit(what, (most, most))


def supported() -> bool:
    """Whether this system has the wall that must stand. Says nothing of the others."""
    return os.name == "posix" and Path("/proc/sys/kernel/seccomp").exists()


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _must(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the process cannot give up what it may do")
