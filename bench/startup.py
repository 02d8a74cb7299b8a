"""Start of `jitclient` to the first window on the screen.

`python -m bench.startup` measures it offscreen, and under Xvfb where that is installed, in fresh
processes on an empty profile. The floor is 1.5 s here. The result goes to bench/RESULTS.md.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

FLOOR = 1.5
RUNS = 7
ROOT = Path(__file__).resolve().parent.parent

# The child is `jitclient` itself, told only to say when its first window is shown and when the
# passphrase can be typed, and to leave then.
_CHILD = """
import os, sys, time
import ui.app
show = ui.app.run
def say(*words):
    print(time.monotonic(), time.process_time(), *words, flush=True)
def shown():
    say(",".join(sorted({"httpx", "nacl", "keyring", "sqlcipher3"} & set(sys.modules))) or "none")
def ready():
    say()
    os._exit(0)
def run(profile, **more):
    return show(profile, shown=shown, ready=ready, **more)
ui.app.run = run
from jitclient.__main__ import main
sys.exit(main(["--profile", sys.argv[1]]))
"""


class Start(NamedTuple):
    """One start: seconds to the window and to the gate, processor seconds, what was loaded."""

    window: float
    gate: float
    cpu: float
    heavy: str


def once(platform: str) -> Start:
    """Start the client on an empty profile, in a process of its own."""
    with tempfile.TemporaryDirectory() as profile:
        environment = {**os.environ, "QT_QPA_PLATFORM": platform, "PYTHONPATH": str(ROOT)}
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, profile],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    said = [line.split() for line in done.stdout.splitlines()]
    if len(said) != 2:
        sys.exit(f"no window appeared:\n{done.stderr}")
    window, gate = said
    return Start(float(window[0]) - begun, float(gate[0]) - begun, float(window[1]), window[2])


def measure(platform: str) -> list[Start]:
    """Several starts, quickest first; the one before them warms the disk cache."""
    once(platform)
    return sorted(once(platform) for _ in range(RUNS))


def with_display() -> list[Start] | None:
    """The same on a real X server, if there is one to start."""
    server = shutil.which("Xvfb")
    if server is None:
        return None
    read, write = os.pipe()
    running = subprocess.Popen(
        [server, "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
        return measure("xcb")
    finally:
        running.terminate()
        running.wait()


def row(name: str, runs: list[Start]) -> str:
    """One line of the table."""
    window = statistics.median(one.window for one in runs)
    gate = statistics.median(one.gate for one in runs)
    cpu = statistics.median(one.cpu for one in runs)
    return (
        f"| {name} | {window:.2f} s | {runs[-1].window:.2f} s | {FLOOR} s | {cpu:.2f} s "
        f"| {gate:.2f} s | {runs[-1].heavy} |"
    )


def main() -> int:
    """Measure, print, append."""
    rows = {"offscreen": measure("offscreen")}
    shown = with_display()
    if shown is not None:
        rows["Xvfb"] = shown
    stamp = time.strftime("%Y-%m-%d")
    title = f"## First window, {stamp}, {RUNS} starts, {os.cpu_count()} cores, "
    lines = [
        f"{title}load {os.getloadavg()[0]:.1f}",
        "",
        "| platform | window, median | worst | floor | CPU until then | gate | loaded before |",
        "|---|---|---|---|---|---|---|",
        *(row(name, runs) for name, runs in rows.items()),
    ]
    text = "\n".join(lines) + "\n\n"
    print(text)
    with (ROOT / "bench" / "RESULTS.md").open("a", encoding="utf-8") as file:
        file.write(text)
    good = all(statistics.median(one.window for one in runs) < FLOOR for runs in rows.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
