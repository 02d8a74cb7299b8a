"""Sealing+uploading and downloading+verifying against curl moving the same bytes, in one run.

    python -m bench.transfer                     1 GiB, 3 rounds, then 64 MiB against 4 GiB
    python -m bench.transfer --quick             256 MiB, 1 round, no memory series

The store is `jitstore serve` in its own process, over TLS 1.3 on loopback. curl moves the same
sealed parts to and from the very same process, one after the other over one connection, without
sealing, opening, hashing or fsync: the floor is about that ratio. With nginx installed, curl also
moves the same number of bytes as one body to and from nginx (WebDAV, TLS 1.3, no fsync): the bare
wire, printed for comparison. Ours is the product's code in a process of its own (bench/client.py)
with its real journal.
Appends the result to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measuring import (
    Measured,
    Round,
    cpu_of,
    filesystem_of,
    make_file,
    peak_of,
    report,
    report_memory,
    reset_peak,
    timed_curl,
    warm,
)
from bench.nginx import Nginx
from bench.peers import both_ways
from crypto import merkle, partleaf
from protocol.api import paths
from protocol.api.files import AnnounceRequest, CompleteRequest
from protocol.ids import FileId
from protocol.limits import MIB
from sync.terms import LANES
from tests.centralstore.client import Device
from tests.centralstore.team import Team, team_of
from tests.support.store import StoreHandle, running_store

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"


class Bench:
    """One store with two people, and a folder for everything."""

    def __init__(self, store: StoreHandle, team: Team, devices: tuple[Device, ...]) -> None:
        self.store, self.team = store, team
        self.sender, self.receiver = devices
        assert store.process is not None
        self.server = store.process.pid
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
            "to": [self.receiver.person.user.hex()],
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
            leaf = partleaf.leaf(part.read_bytes()).hex()
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

    def _curl(self, folder: Path, lines: list[str], server: int) -> Measured:
        config = folder / "curl.conf"
        config.write_text("\n".join(lines))
        warm(folder, 2 * self.size)
        return timed_curl(["curl", "--config", str(config)], (server,))

    def _common(self, device: Device) -> list[str]:
        token = f'header = "Authorization: Bearer {device.token}"'
        return ["insecure", "silent", "show-error", "fail", "tlsv1.3", token]

    def _url(self, file: FileId, index: int) -> str:
        return self.store.url + paths.part(self.team.space, file, index)


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
        peers = both_ways(nginx, place, source, lambda size: warm(place, size))
        for name, (there, back) in peers.items():
            done.rows |= {f"{name} up": there, f"{name} down": back}
    return done


def _complete_and_fetch(bench: Bench, folder: Path, file: FileId, sealed: list[Path]) -> Measured:
    root = merkle.root(partleaf.leaf(path.read_bytes()) for path in sealed)
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


def main() -> None:
    """Measure, print, and append to RESULTS.md."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--size", type=int, default=1024, help="MiB")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--lanes", type=int, default=LANES, help="as the product")
    words.add_argument("--memory", type=int, nargs="*", default=[64, 4096], help="MiB")
    words.add_argument("--quick", action="store_true")
    words.add_argument("--place", type=Path, default=Path(tempfile.gettempdir()))
    words.add_argument("--no-record", action="store_true")
    args = words.parse_args()
    if args.quick:
        args.size, args.rounds, args.memory, args.no_record = 256, 1, [], True
    load, under = os.getloadavg()[0], filesystem_of(args.place)
    lines = [
        f"\n## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, transfer, load {load:.1f}, on {under}\n"
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
