"""Parts in and out of the store, against the bare server, nginx, rclone and the disk.

curl moves the same part of 4 MiB again and again over two TLS 1.3 connections, to and from each in
turn. The bare server is the store's own, and throws away what comes; nginx and rclone (WebDAV)
write without waiting for the disk; the disk alone is written as durably as the store does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import rawserver, stores
from bench.measuring import cpu_of, peak_of, reset_peak, warm
from bench.nginx import Nginx
from bench.reporting import Options, floor, heading, table
from bench.stores import say
from centralstore import settings
from crypto import merkle, partleaf
from protocol.api import paths
from protocol.api.files import AnnounceRequest, CompleteRequest
from protocol.ids import FileId
from protocol.limits import MIB, PART_BYTES
from tests.centralstore.team import Team, team_of
from tests.support.servers import free_port
from tests.support.store import StoreHandle

LANES: Final = 2
_GIB: Final = 1024 * MIB
_QUIET: Final = ["insecure", "silent", "show-error", "fail", "tlsv1.3", 'header = "Expect:"']


@dataclass(frozen=True)
class Moved:
    """One way: MB/s, CPU seconds of the server per GiB, its peak in MiB."""

    rate: float
    cpu: float
    peak: float


@dataclass
class Peer:
    """A server: its processes, and where a part goes; `lines` are more lines for curl."""

    name: str
    pids: tuple[int, ...]
    url: Callable[[int], str]
    lines: list[str] = field(default_factory=list)
    done: Callable[[], None] = lambda: None
    """Called between the way in and the way out."""


def measure(options: Options) -> list[str]:
    """(b) and floor F7."""
    count, rounds = (16, 1) if options.quick else (128, 5)
    with contextlib.ExitStack() as ends:
        store, folder = ends.enter_context(stores.opened(options))
        raw, raw_pid = ends.enter_context(rawserver.running(folder))
        nginx = ends.enter_context(Nginx.running(folder))
        rclone = ends.enter_context(_rclone(folder, store))
        source = folder / "source"
        source.write_bytes(os.urandom(PART_BYTES))
        team, _ = team_of(store, "ana", "ben")
        found: dict[str, list[tuple[Moved, Moved]]] = {}
        for number in range(rounds):
            say(f"parts, round {number + 1} of {rounds}")
            base = f"https://{raw.host}:{raw.port}/raw/parts/"
            peers = [
                store_peer(store, team, source, count),
                Peer("the same server with nothing behind it", (raw_pid,), _at(base)),
                *([] if nginx is None else [Peer("nginx", nginx.workers, _at(nginx.url))]),
                *([] if rclone is None else [rclone]),
            ]
            for peer in peers:
                found.setdefault(peer.name, []).append(both_ways(peer, source, count, folder))
            found.setdefault("disk", []).append(_disk(source, count, folder))
            shutil.rmtree(folder / "nginx" / "files", ignore_errors=True)
            (folder / "nginx" / "files").mkdir(parents=True, exist_ok=True)
    return _report(found, options, count, rounds)


def _report(
    found: dict[str, list[tuple[Moved, Moved]]], options: Options, count: int, rounds: int
) -> list[str]:
    size = count * PART_BYTES / MIB
    lines = heading("Store, parts", options.kind)
    lines += [f"{size:.0f} MiB in {count} parts, {LANES} connections, medians of {rounds}.", ""]
    head = ("", "in MB/s", "out MB/s", "server CPU s/GiB in", "out", "server peak MiB in", "out")
    rows = []
    for name, pairs in found.items():
        cells = []
        for figure in ("rate", "cpu", "peak"):
            form = "{:.2f}" if figure == "cpu" else "{:.0f}"
            cells += [form.format(_median(pairs, way, figure)) for way in (0, 1)]
        rows.append([name, *cells])
    lines += table(head, rows)
    ours = found["store"]
    for way, word in enumerate(("in", "out")):
        for name, pairs in found.items():
            if name == "store":
                continue
            rate = _median(ours, way, "rate") / _median(pairs, way, "rate")
            lines.append(f"- {word}: {rate:.2f} of the rate of {name}")
        for name, limit in (("nginx", 2.0), ("rclone serve", 0.5)):
            if name in found:
                cpu = _median(ours, way, "cpu") / _median(found[name], way, "cpu")
                lines.append(floor(f"F7, {word}: CPU per GiB against {name}", cpu, limit))
    if "nginx" not in found:
        lines.append("- F7 NOT MEASURED: nginx is not installed (apt-get install nginx-light)")
    return lines


def _median(pairs: list[tuple[Moved, Moved]], way: int, figure: str) -> float:
    return float(statistics.median(getattr(pair[way], figure) for pair in pairs))


def store_peer(store: StoreHandle, team: Team, source: Path, count: int) -> Peer:
    """A file announced to the store; between the ways it is completed."""
    file, device = FileId(os.urandom(16)), team.admin
    device.sign_in()
    leaf = partleaf.leaf(source.read_bytes())
    recipients = (device.person.user,)
    announced = AnnounceRequest(
        file=file, parts=count, sealed_bytes=count * PART_BYTES, recipients=recipients
    )
    answer = device.ask("POST", paths.files(team.space), announced)
    assert answer.is_success, answer.text

    def complete() -> None:
        root = CompleteRequest(root=merkle.root([leaf] * count))
        answer = device.ask("POST", paths.complete(team.space, file), root)
        assert answer.is_success, answer.text

    lines = [
        f'header = "Authorization: Bearer {device.token}"',
        f'header = "{paths.PART_DIGEST_HEADER}: {leaf.hex()}"',
    ]
    where = store.url
    return Peer(
        "store",
        (stores.pid(store),),
        lambda index: where + paths.part(team.space, file, index),
        lines,
        complete,
    )


@contextlib.contextmanager
def _rclone(folder: Path, store: StoreHandle) -> Iterator[Peer | None]:
    """`rclone serve webdav` with the store's certificate; None where it is not installed."""
    program = Path(sys.executable).with_name("rclone")
    if not program.exists():
        yield None
        return
    (folder / "rclone").mkdir()
    made, port = settings.load(store.data_dir), free_port()
    command = [str(program), "serve", "webdav", str(folder / "rclone")]
    command += ["--addr", f"127.0.0.1:{port}", "--config", os.devnull]
    command += ["--cert", str(made.tls_certificate), "--key", str(made.tls_key)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        Nginx._wait(port)
        yield Peer("rclone serve", (process.pid,), _at(f"https://127.0.0.1:{port}/"))
    finally:
        process.terminate()
        process.wait(20)


def _at(base: str) -> Callable[[int], str]:
    return lambda index: f"{base}{index}"


def both_ways(peer: Peer, source: Path, count: int, folder: Path) -> tuple[Moved, Moved]:
    """So many parts there, and back again."""
    warm(folder, 2 * count * PART_BYTES)
    up = [f'upload-file = "{source}"', 'header = "Content-Type: application/octet-stream"']
    first = _curl(peer, up, count, folder)
    peer.done()
    return first, _curl(peer, [], count, folder)


def _curl(peer: Peer, lines: list[str], count: int, folder: Path) -> Moved:
    """All parts, each lane its share of them."""
    commands = []
    for lane in range(LANES):
        config = folder / f"curl-{lane}.conf"
        words: list[str] = []
        for index in range(lane, count, LANES):
            words += ["next"] if words else []
            words += [*_QUIET, *peer.lines, *lines, 'output = "/dev/null"']
            words.append(f'url = "{peer.url(index)}"')
        config.write_text("\n".join(words))
        commands.append(["curl", "--config", str(config)])
    for pid in peer.pids:
        reset_peak(pid)
    before, began = sum(map(cpu_of, peer.pids)), time.perf_counter()
    running = [subprocess.Popen(command) for command in commands]
    if any(process.wait() for process in running):
        raise SystemExit(f"curl failed at {peer.name}")
    wall, cpu = time.perf_counter() - began, sum(map(cpu_of, peer.pids)) - before
    size = count * PART_BYTES
    return Moved(size / wall / 1e6, cpu / size * _GIB, max(map(peak_of, peer.pids)))


def _disk(source: Path, count: int, folder: Path) -> tuple[Moved, Moved]:
    """What the store does with a part, without network: write, synchronise, rename; and read."""
    place, data = folder / "disk", source.read_bytes()
    place.mkdir()
    warm(folder, 2 * count * PART_BYTES)

    def write(index: int) -> None:
        with (place / "fresh").open("wb", buffering=0) as out:
            out.write(data)
            os.fsync(out.fileno())
        (place / "fresh").rename(place / str(index))
        descriptor = os.open(place, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    def read(index: int) -> None:
        (place / str(index)).read_bytes()

    moved = []
    for act in (write, read):
        wall, cpu = time.perf_counter(), time.process_time()
        for index in range(count):
            act(index)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = count * PART_BYTES
        moved.append(Moved(size / wall / 1e6, cpu / size * _GIB, 0.0))
    shutil.rmtree(place)
    return moved[0], moved[1]
