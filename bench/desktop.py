"""The window beside its peers: mapped, settled, memory; unlocked; and at work in a space of years.

    python -m bench.desktop             5 starts of each program, in turns; 3 unlocks; 10^6 messages
    python -m bench.desktop --quick     2 and 2, 20,000 messages; not recorded
    python -m bench.desktop --only work (or starts, or unlocks)

Under one Xvfb without a window manager, each start in a fresh home. Mapped is when the X server
shows a window of more than 200 x 150 pixels (looked at every 5 ms); settled when the program and
its children used less than 20 ms of CPU in the last 300; memory is theirs 3 s later. The stack is
a bare window of PySide6 in a process that also imports what the client is made of. nheko and dino
are those of Debian, where they are installed: their first window, without an account. A fresh
home means that caches of fonts and programs outside it are warm for all of them. The work is
keys, wheel, pages, threads, switches and the list of exhibits (deskyears.py). Its floor is what
the window's thread works in one slot, which other programs do not change; "stands" has the
waiting for other threads in it as well. Appends to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import ctypes.util
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bench import deskyears
from bench.measuring import cpu_of_tree
from bench.reporting import floor, heading, publish, table
from tests.support.people_at_work import PASSPHRASE, at_work, make_template

ROOT: Final = Path(__file__).resolve().parents[1]
_PATIENCE: Final = 60.0
_LOOK: Final = 0.005
_STACK: Final = """
import sys
import qasync, httpx, nacl.bindings, sqlcipher3, keyring, msgspec
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv); w = QMainWindow(); w.resize(1280, 820); w.show(); app.exec()
"""
_BARE: Final = """
import sys
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv); w = QMainWindow(); w.resize(1280, 820); w.show(); app.exec()
"""
_PROGRAMS: Final[Mapping[str, Sequence[str]]] = {
    "jitclient": (sys.executable, "-m", "jitclient", "--profile", "{home}/profile"),
    "a bare window, the same libraries": (sys.executable, "-c", _STACK),
    "a bare window of PySide6": (sys.executable, "-c", _BARE),
    "nheko": ("nheko",),
    "dino": ("dino-im",),
}
# The child is the product's window; it types the passphrase, and says when the key was there and
# when a message of the space was painted.
_UNLOCK: Final = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
import ui.app
from jitclient import unlocking
from protocol.ids import SpaceId
seen = {}
derive = unlocking.master_key
def derived(*words, **named):
    found = derive(*words, **named)
    seen["key"] = time.perf_counter()
    return found
unlocking.master_key = derived
def shell():
    return next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Shell")
def ready():
    QTimer.singleShot(1500, unlock)  # the screens behind the first window have been loaded
def unlock():
    gate = shell().pages.currentWidget()
    gate.passphrase.edit.setFocus()
    QTest.keyClicks(gate.passphrase.edit, sys.argv[3])
    seen["pressed"] = time.perf_counter()
    gate.button.click()
    look.start(1)
def painted():
    from ui.conversation.timeline import Timeline
    for one in shell().findChildren(Timeline):
        if one.isVisible() and one.isVisibleTo(shell()) and len(one.findChildren(Kind())) > 0:
            QApplication.processEvents()
            print(json.dumps({"key": seen["key"] - seen["pressed"],
                              "usable": time.perf_counter() - seen["key"]}), flush=True)
            import os; os._exit(0)
def Kind():
    from ui.conversation.rowviews import MessageView
    return MessageView
look = QTimer(); look.timeout.connect(painted)
ui.app.run(Path(sys.argv[1]), ready=ready, open_space=SpaceId(bytes.fromhex(sys.argv[2])))
"""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until mapped and settled, CPU seconds until settled, MiB of RSS and PSS."""

    mapped: float
    settled: float
    cpu: float
    rss: float
    pss: float


def main() -> None:
    """Measure, print, append."""
    words = argparse.ArgumentParser(prog="bench.desktop", description=__doc__)
    words.add_argument("--quick", action="store_true")
    words.add_argument("--no-record", action="store_true")
    words.add_argument("--only", choices=("starts", "unlocks", "work"))
    asked = words.parse_args()
    runs, unlocks, messages, pages = (2, 2, 20_000, 2) if asked.quick else (5, 3, 1_000_000, 6)
    lines: list[str] = []
    with _display():
        if asked.only in {None, "starts"}:
            lines += [*_shown(_starts(runs)), ""]
        if asked.only in {None, "unlocks"}:
            lines += [*_opened(asyncio.run(_unlocks(unlocks))), ""]
        if asked.only in {None, "work"}:
            found = asyncio.run(deskyears.work(messages, pages))
            lines += [*deskyears.shown(found, messages), ""]
    head = heading("Desktop", f"{runs} starts of each in turns, under Xvfb")
    publish([*head, *lines], record=not (asked.no_record or asked.quick))


def _opened(took: Sequence[Mapping[str, float]]) -> list[str]:
    key, usable = (statistics.median(one[name] for one in took) for name in ("key", "usable"))
    worst = max(one["usable"] for one in took)
    return [
        (
            f"- unlock: key derivation {key:.2f} s; from the key to a painted message {usable:.2f}"
            f" s, worst of {len(took)} {worst:.2f} s"
        ),
        floor("unlock to usable beyond the key derivation, s", usable, 1.0),
    ]


def _shown(found: Mapping[str, Sequence[Start]]) -> list[str]:
    medians = {name: _median(runs) for name, runs in found.items()}
    rows = [
        [name, f"{m.mapped:.2f} s", f"{m.settled:.2f} s", f"{m.cpu:.2f} s", f"{m.rss:.0f}",
         f"{m.pss:.0f}"]
        for name, m in medians.items()
    ]  # fmt: skip
    head = ("medians", "mapped", "settled", "CPU until then", "RSS MiB", "PSS MiB")
    ours, stack = medians["jitclient"], medians["a bare window, the same libraries"]
    lines = table(head, rows)
    lines.append(floor("U1: mapped, of a bare window's", ours.mapped / stack.mapped, 2.0))
    if "nheko" in medians:
        peer = medians["nheko"]
        lines.append(floor("U1: mapped, of nheko's", ours.mapped / peer.mapped, 1.0))
        lines.append(floor("U1: settled, of nheko's", ours.settled / peer.settled, 1.0))
        lines.append(floor("U2: idle RSS, of nheko's", ours.rss / peer.rss, 1.0))
    else:
        lines.append("- NOT MEASURED against nheko: it is not installed here")
    lines.append(floor("U2: idle PSS in MiB", ours.pss, 150))
    return lines


def _median(runs: Sequence[Start]) -> Start:
    names = ("mapped", "settled", "cpu", "rss", "pss")
    return Start(*(statistics.median(getattr(one, name) for one in runs) for name in names))


def _starts(runs: int) -> dict[str, list[Start]]:
    here = {name: line for name, line in _PROGRAMS.items() if shutil.which(line[0])}
    for line in here.values():
        _start(line)  # warms the disk's cache
    found: dict[str, list[Start]] = {name: [] for name in here}
    for _ in range(runs):
        for name, line in here.items():
            found[name].append(_start(line))
    return found


def _start(line: Sequence[str]) -> Start:
    with tempfile.TemporaryDirectory() as home, Screen() as screen:
        words = [word.replace("{home}", home) for word in line]
        bus = ["dbus-run-session", "--"] if shutil.which("dbus-run-session") else []
        while screen.windows():  # the one before is still going
            time.sleep(_LOOK)
        began = time.perf_counter()
        process = subprocess.Popen(
            [*bus, *words],
            env=_environment(home),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            while not screen.windows():
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                    raise SystemExit(f"{words[0]} showed no window")
                time.sleep(_LOOK)
            mapped = time.perf_counter() - began
            settled = _settled(process.pid) - began
            cpu = cpu_of_tree(process.pid)
            time.sleep(3)
            rss, pss = _memory(process.pid, skip=bool(bus))
            return Start(mapped, settled, cpu, rss, pss)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "DISPLAY", "LANG") if name in os.environ}
    return {
        **kept,
        "HOME": home,
        "XDG_RUNTIME_DIR": home,
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "xcb",
        "GDK_BACKEND": "x11",
        "LIBGL_ALWAYS_SOFTWARE": "1",
    }


def _settled(pid: int) -> float:
    """When the 300 ms began in which a program and its children hardly did anything."""
    limit = time.perf_counter() + _PATIENCE
    while True:
        began, before = time.perf_counter(), cpu_of_tree(pid)
        time.sleep(0.3)
        if cpu_of_tree(pid) - before < 0.02 or time.perf_counter() > limit:
            return began


def _memory(pid: int, *, skip: bool) -> tuple[float, float]:
    """RSS and PSS in MiB of a program and its children, without the bus that carries them."""
    rss = pss = 0
    for one in _tree(pid):
        with contextlib.suppress(OSError):
            name = Path(f"/proc/{one}/comm").read_text().strip()
            if skip and name.startswith("dbus"):
                continue
            for row in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                rss += int(row.split()[1]) if row.startswith("Rss:") else 0
                pss += int(row.split()[1]) if row.startswith("Pss:") else 0
    return rss / 1024, pss / 1024


def _tree(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, task.read_text().split())
    return found


async def _unlocks(runs: int) -> list[dict[str, float]]:
    """Seconds of key derivation, and from there to a painted message, of a real profile."""
    with tempfile.TemporaryDirectory() as name:
        template, folder = Path(name) / "template", Path(name) / "team"
        template.mkdir()
        await make_template(template)
        async with at_work(template, folder, "bruno") as team:
            for number in range(30):
                await team["bruno"].send(team.space, f"message {number} of many")
            await team["bruno"].sync_now()
            line = [sys.executable, "-c", _UNLOCK, str(team.profile("ana")), team.space.hex()]
            found = []
            for _ in range(runs + 1):  # the first reads what was sent
                done = await asyncio.to_thread(
                    subprocess.run,
                    [*line, PASSPHRASE],
                    env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "xcb"},
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    timeout=_PATIENCE,
                    check=False,
                )
                if done.returncode or not done.stdout.strip():
                    raise SystemExit(f"the window did not open:\n{done.stderr}")
                found.append(json.loads(done.stdout.splitlines()[-1]))
    return found[1:]


@contextlib.contextmanager
def _display() -> Iterator[None]:
    """An X server of this run's own, in DISPLAY."""
    read, write = os.pipe()
    line = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(line, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as pipe:
                os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
            yield
        finally:
            server.terminate()


class _Attributes(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int) for name in ("x", "y", "width", "height", "border", "depth")),
        ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong),
        *((name, ctypes.c_int) for name in ("kind", "bit_gravity", "win_gravity", "store")),
        *((name, ctypes.c_ulong) for name in ("planes", "pixel")),
        ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong),
        ("installed", ctypes.c_int),
        ("state", ctypes.c_int),
        ("rest", ctypes.c_byte * 128),
    )


class Screen:
    """What the X server shows: its windows of some size that are mapped."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        self._ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(
            lambda *_: 0
        )
        self._x.XSetErrorHandler(self._ignore)  # a window may be gone before it is looked at

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._x.XCloseDisplay(self._display)

    def windows(self) -> set[int]:
        """The ids of windows that are shown and larger than 200 x 150."""
        root, parent = ctypes.c_ulong(), ctypes.c_ulong()
        children, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        self._x.XQueryTree(
            self._display, self._root, *map(ctypes.byref, (root, parent, children, count))
        )
        found = set()
        for at in range(count.value):
            about = _Attributes()
            ok = self._x.XGetWindowAttributes(
                self._display, ctypes.c_ulong(children[at]), ctypes.byref(about)
            )
            if ok and about.state == 2 and about.width > 200 and about.height > 150:
                found.add(children[at])
        if count.value:
            self._x.XFree(children)
        return found


if __name__ == "__main__":
    main()
