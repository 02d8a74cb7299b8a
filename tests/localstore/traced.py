"""Writes down what an act does to the disk: every call that changes a folder, with its bytes.

A forked child acts; its system calls are followed (ptrace, Linux on x86-64). The act must not start
threads. What the calls mean for a disk that loses its power is `powerless.py`.
"""

from __future__ import annotations

import ctypes
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tests.localstore.ptrace import ARGUMENTS, CALL, RESULT, Act, peek, started, stops

_HERE: Final = -100  # AT_FDCWD

Kind = Literal["open", "write", "cut", "sync", "move", "folder", "gone", "ack"]
_NAMES: Final[dict[int, str]] = {
    1: "write", 2: "open", 3: "close", 18: "pwrite", 20: "writev", 32: "dup", 33: "dup2",
    40: "sendfile", 74: "fsync", 75: "fsync", 76: "truncate", 77: "ftruncate", 82: "rename",
    83: "mkdir", 84: "unlink", 85: "creat", 86: "link", 87: "unlink", 88: "symlink",
    257: "openat", 258: "mkdirat", 263: "unlinkat", 264: "renameat", 265: "linkat",
    285: "fallocate", 296: "pwritev", 316: "renameat", 326: "copy_file_range",
}  # fmt: skip
_NOT_FOLLOWED: Final = frozenset(
    {"writev", "pwritev", "dup", "dup2", "truncate", "creat", "link", "symlink", "linkat",
     "fallocate", "copy_file_range", "open"}
)  # fmt: skip
"""They would go unseen; an act that uses one on its folder is not judged but reported."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `path` (and `to`) are inside the folder; `handle` names an open file."""

    kind: Kind
    path: str = ""
    to: str = ""
    handle: int = -1
    at: int = 0
    data: bytes = b""
    cut: bool = False


class UnfollowedError(Exception):
    """The act changes its folder in a way that is not written down here."""


@dataclass(slots=True)
class _Tracer:
    child: int
    folder: str
    pipe: int
    memory: int
    events: list[Event] = field(default_factory=list)
    open: dict[int, int] = field(default_factory=dict)
    where: dict[int, int] = field(default_factory=dict)
    handles: int = 0

    def bytes_at(self, address: int, size: int) -> bytes:
        return os.pread(self.memory, size, address & (2**64 - 1)) if size else b""

    def text_at(self, address: int) -> str:
        found = b""
        while b"\0" not in found:
            found += os.pread(self.memory, 64, (address & (2**64 - 1)) + len(found))
        return os.fsdecode(found.split(b"\0", 1)[0])

    def inside(self, folder: int, name: str) -> str | None:
        """A path below the folder, or None."""
        if not name.startswith("/"):
            link = "cwd" if folder == _HERE else f"fd/{folder}"
            name = f"{Path(f'/proc/{self.child}/{link}').readlink()}/{name}"
        name = os.path.normpath(name)
        if name == self.folder:
            return "."
        start = self.folder + "/"
        return name[len(start) :] if name.startswith(start) else None

    def left(self, call: str, given: list[int], result: int) -> None:
        """A call of the child has come back."""
        if result < 0:
            return
        if call == "openat":
            self._opened(given, result)
        elif call == "close":
            self.open.pop(given[0], None)
        elif call == "write" and given[0] == self.pipe:
            self.events.append(Event("ack"))
        elif given[0] in self.open:
            self._changed(call, given, result)

    def _changed(self, call: str, given: list[int], result: int) -> None:
        """A call on an open file of the folder has come back."""
        match call:
            case "write" | "pwrite":
                self._written(call, given, result)
            case "sendfile":
                self._sent(given, result)
            case "ftruncate":
                self.events.append(Event("cut", handle=self.open[given[0]], at=given[1]))
            case "fsync":
                self.events.append(Event("sync", handle=self.open[given[0]]))
            case _:
                if call in _NOT_FOLLOWED:
                    raise UnfollowedError(call)

    def _opened(self, given: list[int], result: int) -> None:
        path = self.inside(_int(given[0]), self.text_at(given[1]))
        if path is None:
            return
        self.handles += 1
        self.open[result] = self.handles
        self.where[self.handles] = 0
        if given[2] & os.O_APPEND:
            raise UnfollowedError("O_APPEND")
        cut = bool(given[2] & os.O_TRUNC)
        self.events.append(Event("open", path, handle=self.handles, cut=cut))

    def _written(self, call: str, given: list[int], result: int) -> None:
        handle = self.open[given[0]]
        at = given[3] if call == "pwrite" else self.where[handle]
        if call == "write":
            self.where[handle] = at + result
        data = self.bytes_at(given[1], result)
        self.events.append(Event("write", handle=handle, at=at, data=data))

    def _sent(self, given: list[int], result: int) -> None:
        """Bytes of another file; where it was read stands behind the third argument."""
        end = int.from_bytes(self.bytes_at(given[2], 8), "little")
        source = Path(f"/proc/{self.child}/fd/{given[1]}").readlink()
        with source.open("rb") as file:
            data = os.pread(file.fileno(), result, end - result)
        handle = self.open[given[0]]
        self.events.append(Event("write", handle=handle, at=self.where[handle], data=data))
        self.where[handle] += result

    def entered(self, call: str, given: list[int]) -> list[Event]:
        """Names are read before the call; the event counts if it succeeds."""
        match call:
            case "rename":
                pair = [(_HERE, given[0]), (_HERE, given[1])]
            case "renameat":
                pair = [(_int(given[0]), given[1]), (_int(given[2]), given[3])]
            case "mkdir" | "unlink":
                pair = [(_HERE, given[0])]
            case "mkdirat" | "unlinkat":
                pair = [(_int(given[0]), given[1])]
            case _:
                return []
        named = [self.inside(folder, self.text_at(name)) for folder, name in pair]
        if None in named:
            return []
        if len(named) == 2:
            return [Event("move", named[0] or "", named[1] or "")]
        return [Event("folder" if call.startswith("mkdir") else "gone", named[0] or "")]


def _int(value: int) -> int:
    """A register as a C int."""
    return ctypes.c_int(value & 0xFFFFFFFF).value


def traced(run: Act, place: Path) -> list[Event]:
    """Run an act in a child, to its end; what it did inside its folder, in order.

    Raises:
        UnfollowedError: by a call that is not followed.
    """
    child, reading, writing = started(run, place)
    memory = os.open(f"/proc/{child}/mem", os.O_RDONLY)
    try:
        tracer = _Tracer(child, os.path.realpath(place), writing, memory)
        _follow(tracer)
    finally:
        for one in (memory, reading, writing):
            os.close(one)
    return tracer.events


def _follow(tracer: _Tracer) -> None:
    child = tracer.child
    call, given, waiting = "", [0], list[Event]()
    for entering in stops(child):
        if entering:
            call = _NAMES.get(peek(child, CALL), "")
            given = [peek(child, at) for at in ARGUMENTS] if call else [0]
            waiting = tracer.entered(call, given)
        elif call:
            result = peek(child, RESULT)
            if result >= 0:
                tracer.events += waiting
            tracer.left(call, given, result)


def tree(place: Path) -> tuple[dict[str, bytes], set[str]]:
    """Files and folders below a place."""
    files, folders = {}, set()
    for path in place.rglob("*"):
        name = path.relative_to(place).as_posix()
        if stat.S_ISDIR(path.stat().st_mode):
            folders.add(name)
        else:
            files[name] = path.read_bytes()
    return files, folders
