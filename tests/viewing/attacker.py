"""A viewing process whose decoder was taken over: `python -m tests.viewing.attacker NAME WALLS`.

It is the real process with other decoders. `up` leaves the walls as they are; `no-filter` takes the
filter of system calls out, so that the walls behind it are seen alone, `landlock` and `root` each
of them by itself; `down` takes all of them.
What comes through shows a document of `WON` pages, what is refused and survived one of `REFUSED`.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from jitclient.viewing import confinement, seccomp, wire, worker
from jitclient.viewing.document import Document
from jitclient.viewing.wire import Encoding, Kind, Pixels, Walls

WON: Final = 7
REFUSED: Final = 1


def crash() -> None:
    ctypes.string_at(0)


def memory() -> None:
    hoard = [bytearray(64 << 20) for _ in range(64)]  # 4 GiB, none of it touched
    del hoard


def connect() -> None:
    with socket.socket() as one:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", 9))


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def execute() -> None:
    os.execv("/bin/sh", ["sh", "-c", "exit 9"])


def thread() -> None:
    threading.Thread(target=int).start()


def trace() -> None:
    if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0:
        ctypes.CDLL(None).ptrace(17, os.getppid(), 0, 0)


def signal_parent() -> None:
    os.kill(os.getppid(), 0)


def more_limits() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE))


def read_file() -> None:
    Path("/etc/passwd").read_bytes()


def read_program() -> None:
    Path(sys.executable).read_bytes()


def write_file() -> None:
    target = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp") / f"jit-viewer-{os.getpid()}"
    target.write_bytes(b"left behind")
    target.unlink()


def machine_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def reach_network() -> None:
    """Only with a filter less: in its own namespace there is no interface that is up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("192.0.2.1", 9))


def inherited() -> None:
    """Something that the client had open and did not mean to give."""
    for number in range(3, 256):
        try:
            os.fstat(number)
        except OSError:
            continue
        return
    raise PermissionError("nothing")


def lie() -> None:
    """A page that says it has 4 billion points."""
    os.write(1, wire._framed(wire.Frame.PAGE, b"")[:1] + b"\xff\xff\xff\xff" + b"\xff" * 12)


ATTACKS: Final[dict[str, Callable[[], None]]] = {
    one.__name__: one
    for one in (
        *(crash, memory, connect, fork, execute, thread, trace, signal_parent, more_limits),
        *(read_file, read_program, write_file, machine_code, reach_network, inherited, lie),
    )
}


class Loot:
    """A document that says by its pages how it went; asked for a page, it hangs."""

    kind, encoding, cut = Kind.PNG, Encoding.OWN, False

    def __init__(self, pages: int) -> None:
        self.pages = pages

    def page(self, number: int, width: int, height: int) -> Pixels:
        while True:
            pass


def _load(name: str) -> Callable[[BinaryIO, int, Encoding], Document]:
    def opened(stream: BinaryIO, size: int, encoding: Encoding) -> Document:
        stream.read(1)
        try:
            if name in ATTACKS:
                ATTACKS[name]()
        except OSError:
            return Loot(REFUSED)
        return Loot(WON)

    return opened


def main(name: str, walls: str) -> int:
    if walls in {"no-filter", "landlock", "root"}:
        seccomp.install = lambda libc: None
        confinement._limits = lambda: None
    if walls == "landlock":
        confinement.begin = lambda: False
    if walls == "root":
        confinement._no_files = lambda libc: False
    if walls == "down":
        confinement.begin = lambda: False
        confinement.finish = lambda *, apart: Walls.CALLS
    if walls == "impossible":

        def fail(libc: ctypes.CDLL) -> None:
            raise OSError("no filter here")

        seccomp.install = fail
    return worker.run(lambda: _load(name))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
