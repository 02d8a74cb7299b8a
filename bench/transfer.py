"""Sealing+uploading and downloading+verifying against curl moving the same bytes, in one run.

    python -m bench.transfer                     1 GiB, 3 rounds, then 64 MiB against 4 GiB
    python -m bench.transfer --quick             256 MiB, 1 round, no memory series

The store is `jitstore serve` in its own process, over TLS 1.3 on loopback. curl moves the same
sealed parts to and from the very same process, one after the other over one connection, without
sealing, opening, hashing or fsync. With nginx installed, curl also moves the same number of bytes
as one body to and from nginx (WebDAV, TLS 1.3): the bare wire, printed for comparison.
Ours is the product's code in a process of its own (bench/client.py) with its real journal.
Appends the result to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.nginx import Nginx
from crypto import merkle
from protocol.api import paths
from protocol.api.files import AnnounceRequest
from protocol.ids import FileId
from protocol.limits import MIB
from tests.centralstore.client import Device
from tests.centralstore.team import Team, team_of
from tests.support.store import StoreHandle, running_store

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
FLOOR = 0.35
MEMORY_FLOOR = 250.0


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


class Bench:
    """One store with two people, and a folder for everything."""

    def __init__(self, store: StoreHandle, team: Team, devices: tuple[Device, ...]) -> None:
        self.store, self.team = store, team
        self.sender, self.receiver = devices
        assert store.process is not None
        self.server = psutil.Process(store.process.pid)
        self.size = 0

    def ours(self, what: str, folder: Path, lanes: int, **more: Any) -> tuple[Measured, Any]:
        """Run bench.client; its figures and its findings."""
        device = self.sender if what == "upload" else self.receiver
        folder.mkdir()
        spec = {
            "what": what,
            "lanes": lanes,
            "address": self.store.address,
            "pin": self.store.fingerprint,
            "device": device.person.device.hex(),
            "signing": device.person.dsk.dump().hex(),
            "space": self.team.space.hex(),
            "to": self.receiver.person.user.hex(),
            "folder": str(folder),
            **more,
        }
        (folder / "spec.json").write_text(json.dumps(spec))
        warm(folder, 2 * more["size"])
        reset_peak(self.server)
        before = cpu_of(self.server)
        command = [sys.executable, "-m", "bench.client", str(folder / "spec.json")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        found = json.loads(done.stdout)
        server = cpu_of(self.server) - before
        measured = Measured(
            found["wall"], found["cpu"], server, found["peak"], peak_of(self.server)
        )
        return measured, found

    def curl_up(self, folder: Path, parts: list[Path]) -> tuple[Measured, FileId]:
        """Announce a file and let curl send its parts; completing is not measured."""
        self.sender.sign_in()  # a store keeps few sessions per device; ours took their share
        file = FileId(secrets.token_bytes(16))
        announced = AnnounceRequest(
            file=file,
            parts=len(parts),
            sealed_bytes=sum(part.stat().st_size for part in parts),
            recipients=(self.receiver.person.user,),
        )
        answer = self.sender.ask("POST", paths.files(self.team.space), announced)
        assert answer.is_success, answer.text
        lines = []
        for index, part in enumerate(parts):
            leaf = merkle.leaf(part.read_bytes()).hex()
            lines += [
                "next" if index else "",
                *self._common(self.sender),
                f'url = "{self._url(file, index)}"',
                f'upload-file = "{part}"',
                f'header = "{paths.PART_DIGEST_HEADER}: {leaf}"',
                'header = "Expect:"',
                'header = "Content-Type: application/octet-stream"',
                'output = "/dev/null"',
            ]
        return self._curl(folder, lines, self.server), file

    def curl_down(self, folder: Path, file: FileId, count: int) -> Measured:
        """Let curl fetch the parts of a file into a folder."""
        self.receiver.sign_in()
        out = folder / "fetched"
        out.mkdir()
        lines = self._common(self.receiver)
        for index in range(count):
            lines += [f'url = "{self._url(file, index)}"', f'output = "{out / str(index)}"']
        measured = self._curl(folder, lines, self.server)
        shutil.rmtree(out)
        return measured

    def _curl(self, folder: Path, lines: list[str], server: psutil.Process) -> Measured:
        config = folder / "curl.conf"
        config.write_text("\n".join(lines))
        warm(folder, 2 * self.size)
        return timed_curl(["curl", "--config", str(config)], (server,))

    def _common(self, device: Device) -> list[str]:
        token = f'header = "Authorization: Bearer {device.token}"'
        return ["insecure", "silent", "show-error", "fail", "tlsv1.3", token]

    def _url(self, file: FileId, index: int) -> str:
        return self.store.url + paths.part(self.team.space, file, index)


def timed_curl(command: list[str], servers: tuple[psutil.Process, ...]) -> Measured:
    """Run curl; its wall, CPU and peak, and what it cost the server."""
    for server in servers:
        reset_peak(server)
    before = sum(map(cpu_of, servers))
    began = time.perf_counter()
    process = subprocess.Popen(command)
    peak = 0.0
    while True:
        with contextlib.suppress(OSError, StopIteration):
            peak = max(peak, peak_of(process))
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.005)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("curl failed")
    cpu = used.ru_utime + used.ru_stime
    server_cpu = sum(map(cpu_of, servers)) - before
    return Measured(wall, cpu, server_cpu, peak, max(map(peak_of, servers)))


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def reset_peak(process: psutil.Process) -> None:
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")


def peak_of(process: psutil.Process | subprocess.Popen[bytes]) -> float:
    """VmHWM in MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


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
        for _ in range(0, size, len(block)):
            file.write(block)
    path.unlink()


def up_and_down(
    bench: Bench, folder: Path, source: Path, lanes: int
) -> tuple[Measured, Measured, Path]:
    """Ours, both ways; the folder of sealed parts that arrived."""
    bench.size = source.stat().st_size
    key = {
        "file": secrets.token_hex(16),
        "key": secrets.token_hex(32),
        "salt": secrets.token_hex(24),
        "size": source.stat().st_size,
    }
    up, found = bench.ours("upload", folder / "up", lanes, source=str(source), **key)
    digests = {name: found[name] for name in ("commitment", "root", "sha256")}
    down, _ = bench.ours("download", folder / "down", lanes, **key, **digests)
    return up, down, folder / "down" / "parts"


def one_round(place: Path, source: Path, lanes: int, nginx: Nginx | None) -> Round:
    """A fresh store; ours and curl in turn; everything removed afterwards."""
    done = Round()
    with tempfile.TemporaryDirectory(dir=place) as name, running_store(Path(name)) as store:
        folder = Path(name)
        bench = Bench(store, *team_of(store, "ana", "ben"))
        ours_up, ours_down, parts = up_and_down(bench, folder, source, lanes)
        sealed = sorted(parts.iterdir(), key=lambda path: int(path.name))
        curl_up, file = bench.curl_up(folder, sealed)
        curl_down = _complete_and_fetch(bench, folder, file, sealed)
        done.rows = {
            "jitclient up": ours_up,
            "curl up, same store": curl_up,
            "jitclient down": ours_down,
            "curl down, same store": curl_down,
        }
    if nginx is not None:
        up, down = nginx.both_ways(source, timed_curl, lambda size: warm(place, size))
        done.rows |= {"curl up, nginx": up, "curl down, nginx": down}
    return done


def _complete_and_fetch(bench: Bench, folder: Path, file: FileId, sealed: list[Path]) -> Measured:
    from protocol.api.files import CompleteRequest

    root = merkle.root(merkle.leaf(path.read_bytes()) for path in sealed)
    where = paths.complete(bench.team.space, file)
    assert bench.sender.ask("POST", where, CompleteRequest(root=root)).is_success
    return bench.curl_down(folder, file, len(sealed))


def memory(place: Path, sizes: tuple[int, ...], lanes: int) -> dict[int, tuple[Measured, ...]]:
    """Peak memory of client and store for each size in MiB."""
    found: dict[int, tuple[Measured, ...]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=place) as name, running_store(Path(name)) as store:
            folder = Path(name)
            source = folder / "source"
            make_file(source, size * MIB)
            bench = Bench(store, *team_of(store, "ana", "ben"))
            up, down, _ = up_and_down(bench, folder, source, lanes)
            found[size] = (up, down)
    return found


def median(rounds: list[Round], row: str, figure: str) -> float:
    return statistics.median(getattr(r.rows[row], figure) for r in rounds)


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
            verdict = "holds" if ratio >= FLOOR else "MISSED"
            lines.append(
                f"- {way}: {ratio:.2f} of curl, {peer} ({ratios[0]:.2f}-{ratios[-1]:.2f}); "
                f"floor {FLOOR}: {verdict}"
            )
    return lines


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


def main() -> None:
    """Measure, print, and append to RESULTS.md."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--size", type=int, default=1024, help="MiB")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--lanes", type=int, default=2)
    words.add_argument("--memory", type=int, nargs="*", default=[64, 4096], help="MiB")
    words.add_argument("--quick", action="store_true")
    words.add_argument("--place", type=Path, default=Path(tempfile.gettempdir()))
    words.add_argument("--no-record", action="store_true")
    args = words.parse_args()
    if args.quick:
        args.size, args.rounds, args.memory, args.no_record = 256, 1, [], True
    lines = [
        f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, transfer, load {os.getloadavg()[0]:.1f}\n"
    ]
    with tempfile.TemporaryDirectory(dir=args.place) as name:
        source = Path(name) / "source"
        make_file(source, args.size * MIB)
        with Nginx.running(Path(name)) as nginx:
            rounds = [one_round(args.place, source, args.lanes, nginx) for _ in range(args.rounds)]
    lines += report(rounds, args.size, args.lanes)
    if args.memory:
        lines += report_memory(memory(args.place, tuple(args.memory), args.lanes))
    print("\n".join(lines))
    if not args.no_record:
        with RESULTS.open("a") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
