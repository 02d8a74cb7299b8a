"""Measuring a program from outside, and what the measurements look like on paper."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from protocol.limits import MIB

FLOOR = 0.35
MEMORY_FLOOR = 250.0
_WARM_BYTES = 4096 * MIB


@dataclass
class Measured:
    """One transfer: seconds, CPU seconds of client and server, peak MiB of client and server."""

    wall: float
    cpu: float
    server_cpu: float
    peak: float
    server_peak: float


@dataclass
class Round:
    """The four transfers of one round, by name; and those over nginx."""

    rows: dict[str, Measured] = field(default_factory=dict)


def timed_curl(command: list[str], servers: tuple[int, ...]) -> Measured:
    """Run curl; its wall, CPU and peak, and what it cost the server."""
    for server in servers:
        reset_peak(server)
    before = sum(map(cpu_of, servers))
    began = time.perf_counter()
    process = subprocess.Popen(command)
    peak = 0.0
    while True:
        with contextlib.suppress(OSError, StopIteration):
            peak = max(peak, peak_of(process.pid))
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.005)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed")
    cpu = used.ru_utime + used.ru_stime
    server_cpu = sum(map(cpu_of, servers)) - before
    return Measured(wall, cpu, server_cpu, peak, max(map(peak_of, servers)))


def cpu_of(pid: int) -> float:
    """Seconds of processor time a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_tree(pid: int) -> float:
    """The same for a process with all that it has started, also what has ended since."""
    main = psutil.Process(pid)
    used = []
    for one in (main, *main.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended meanwhile
            used.append(one.cpu_times())
    return float(sum(t.user + t.system + t.children_user + t.children_system for t in used))


def resident_of(pid: int) -> float:
    """Resident memory of a process in MiB."""
    return float(psutil.Process(pid).memory_info().rss) / MIB


def reset_peak(pid: int) -> None:
    """Let the peak memory of a process begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_of(pid: int) -> float:
    """VmHWM of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def children_of(pid: int) -> tuple[int, ...]:
    """The processes it has started."""
    return tuple(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def filesystem_of(place: Path) -> str:
    """What lies under a folder: on `tmpfs` an fsync costs nothing, and who does without gains none.

    The kind as the system names it; `unknown` where it does not.
    """
    above = {place.resolve(), *place.resolve().parents}
    found = [one for one in psutil.disk_partitions(all=True) if Path(one.mountpoint) in above]
    return max(found, key=lambda one: len(one.mountpoint)).fstype if found else "unknown"


def make_file(path: Path, size: int) -> None:
    """Incompressible bytes."""
    with path.open("wb") as file:
        for start in range(0, size, 4 * MIB):
            file.write(os.urandom(min(4 * MIB, size - start)))


def warm(place: Path, size: int) -> None:
    """Let the machine hand out the memory first that page cache is about to need.

    In a virtual machine the first touch of a page costs more than everything measured here, and
    whoever runs second would find the pages of whoever ran first.
    """
    path = place / "warm"
    block = bytes(4 * MIB)
    with path.open("wb") as file:
        for _ in range(0, min(size, _WARM_BYTES), len(block)):
            file.write(block)
    path.unlink()


def median(rounds: list[Round], row: str, figure: str) -> float:
    return float(statistics.median(getattr(r.rows[row], figure) for r in rounds))


def report(rounds: list[Round], size: int, lanes: int) -> list[str]:
    """The table of the main series."""
    lines = [
        f"{size} MiB, {lanes} lanes, {len(rounds)} rounds, medians (min-max of wall).",
        "",
        "| | wall s | MiB/s | client CPU s | server CPU s | client peak MiB | server peak MiB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rounds[0].rows:
        walls = sorted(r.rows[row].wall for r in rounds)
        wall = statistics.median(walls)
        cells = [median(rounds, row, name) for name in ("cpu", "server_cpu", "peak", "server_peak")]
        lines.append(
            f"| {row} | {wall:.2f} ({walls[0]:.2f}-{walls[-1]:.2f}) | {size / wall:.0f} | "
            f"{cells[0]:.2f} | {cells[1]:.2f} | {cells[2]:.0f} | {cells[3]:.0f} |"
        )
    lines.append("")
    for way in ("up", "down"):
        for peer in ("same store", "nginx"):
            if f"curl {way}, {peer}" not in rounds[0].rows:
                continue
            ratios = sorted(
                r.rows[f"curl {way}, {peer}"].wall / r.rows[f"jitclient {way}"].wall for r in rounds
            )
            ratio = statistics.median(ratios)
            floor = f"floor {FLOOR}: {'holds' if ratio >= FLOOR else 'MISSED'}"
            verdict = floor if peer == "same store" else "the bare wire, for comparison"
            spread = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
            lines.append(f"- {way}: {ratio:.2f} of curl, {peer} ({spread}); {verdict}")
    return [*lines, *_peers(rounds)]


def _peers(rounds: list[Round]) -> list[str]:
    """Floors F1 to F3 of the design: wall and client CPU against programs that encrypt, too."""
    have = rounds[0].rows
    lines = []

    def ratio(way: str, peer: str, figure: str) -> float:
        of = (f"jitclient {way}", f"{peer} {way}")
        values = [getattr(r.rows[of[0]], figure) / getattr(r.rows[of[1]], figure) for r in rounds]
        return float(statistics.median(values))

    for peer in ("age + curl", "rclone crypt", "restic"):
        if f"{peer} up" not in have:
            continue
        shown = [
            f"{way} {figure} {ratio(way, peer, name):.2f} x"
            for way in ("up", "down")
            for figure, name in (("wall", "wall"), ("client CPU", "cpu"))
        ]
        lines.append(f"- against {peer}: {', '.join(shown)}")
    encrypting = [p for p in ("age + curl", "rclone crypt", "restic") if f"{p} up" in have]
    if encrypting:
        best = max(ratio("up", peer, "wall") for peer in encrypting)
        lines.append(f"- F1 upload {best:.2f} x the best encrypting peer; {_verdict(best, 1.0)}")
    for peer, most in (("age + curl", 0.9), ("rclone crypt", 1.4)):
        if peer in encrypting:
            value = ratio("down", peer, "wall")
            lines.append(f"- F2 download {value:.2f} x {peer}; {_verdict(value, most)}")
    if "rclone crypt" in encrypting:
        for way in ("up", "down"):
            value = ratio(way, "rclone crypt", "cpu")
            lines.append(f"- F3 client CPU {way} {value:.2f} x rclone; {_verdict(value, 1.25)}")
    return lines


def _verdict(value: float, most: float) -> str:
    return f"floor at most {most}: {'holds' if value <= most else 'MISSED'}"


def report_memory(found: dict[int, tuple[Measured, ...]]) -> list[str]:
    lines = [
        "",
        "| file MiB | client peak up / down MiB | store peak up / down MiB | wall up / down s |",
    ]
    lines.append("| --- | --- | --- | --- |")
    for size, (up, down) in found.items():
        lines.append(
            f"| {size} | {up.peak:.0f} / {down.peak:.0f} | "
            f"{up.server_peak:.0f} / {down.server_peak:.0f} | {up.wall:.1f} / {down.wall:.1f} |"
        )
    peaks = [m.peak for pair in found.values() for m in pair]
    verdict = "holds" if max(peaks) < MEMORY_FLOOR else "MISSED"
    lines.append(f"\n- client peak below {MEMORY_FLOOR:.0f} MiB: {verdict}")
    return lines
