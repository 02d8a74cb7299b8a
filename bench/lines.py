"""A slow line, one that is cut, and several recipients at once: F5, F6 and F12 of the design.

    python -m bench.lines             48 MiB over 100 Mbit/s and 40 ms; 128 MiB over the same, cut
                                      every three seconds; 256 MiB to three at once
    python -m bench.lines --quick     once, not recorded

Ours is the product's code in a process of its own for each client (bench/client.py), with its real
journal; `age` piped to `curl` and `curl` alone go to nginx, over the same emulated line
(bench/relay.py) or at the same time as each other. Appends to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import contextlib
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.measuring import make_file, warm
from bench.nginx import Nginx
from bench.reporting import floor, heading, publish, table
from bench.transfer import ROOT, Bench
from protocol.limits import MIB
from tests.centralstore.team import team_of
from tests.support.store import running_store

MBIT, RTT_MS = 100.0, 40.0
CUT_SECONDS = 3.0
THREE = 3
_CURL = "curl --insecure --silent --show-error --fail --tlsv1.3"


def main() -> None:
    """Measure, print, append."""
    words = argparse.ArgumentParser(prog="bench.lines", description=__doc__)
    words.add_argument("--quick", action="store_true")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--no-record", action="store_true")
    asked = words.parse_args()
    rounds = 1 if asked.quick else asked.rounds
    slow, three = (16, 64) if asked.quick else (48, 256)
    lines = [*heading("Slow line and three recipients", f"{rounds} rounds")]
    lines += _slow([_over_a_line(slow) for _ in range(rounds)], slow)
    lines += _flapping([_over_a_line(2 * slow, cut=CUT_SECONDS) for _ in range(rounds)], 2 * slow)
    lines += _three([_to_three(three) for _ in range(rounds)], three)
    publish(lines, record=not (asked.no_record or asked.quick))


def _slow(rounds: Sequence[dict[str, float]], size: int) -> list[str]:
    shares = {
        name: statistics.median(size * MIB / (MBIT * 1e6 / 8) / one[name] for one in rounds)
        for name in rounds[0]
    }
    rows = [[name, f"{value:.3f}"] for name, value in shares.items()]
    about = f"{size} MiB over {MBIT:.0f} Mbit/s, {RTT_MS:.0f} ms there and back: share of the line"
    return [
        *table((about, "medians"), rows),
        *(
            floor(f"F5, {way}: share of the line", shares[f"jitclient {way}"], 0.92, least=True)
            for way in ("up", "down")
        ),
        "",
    ]


def _flapping(rounds: Sequence[dict[str, float]], size: int) -> list[str]:
    about = f"{size} MiB over the same line, cut every {CUT_SECONDS:.0f} s: share of the line"
    line = size * MIB / (MBIT * 1e6 / 8)
    shares = {n: statistics.median(line / one[n] for one in rounds) for n in rounds[0]}
    return [
        *table((about, "medians"), [[name, f"{value:.3f}"] for name, value in shares.items()]),
        *(
            floor(f"F12, {way}: share of the line", shares[f"jitclient {way}"], 0.7, least=True)
            for way in ("up", "down")
        ),
        "",
    ]


def _three(rounds: Sequence[dict[str, float]], size: int) -> list[str]:
    walls = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    rows = [[name, f"{value:.2f} s"] for name, value in walls.items()]
    lines = table((f"{size} MiB to three at once: until the last has it", "medians"), rows)
    if "age + curl" in walls:
        ratio = statistics.median(one["jitclient"] / one["age + curl"] for one in rounds)
        lines.append(floor("F6, three recipients against age + curl, wall", ratio, 1.1))
    return lines


def _over_a_line(size: int, cut: float = 0.0) -> dict[str, float]:
    """Seconds of each program and way; of ours alone when the line is cut."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name, running_store(Path(name) / "s") as store:
        folder = Path(name)
        source = folder / "source"
        make_file(source, size * MIB)
        bench = Bench(store, *team_of(store, "ana", "ben"))
        key = _key(size)
        with _line_to(store.address.rpartition(":")[2], cut) as port:
            address = {"address": f"127.0.0.1:{port}", "patience": 9}
            up, of = bench.ours("upload", folder / "up", 2, source=str(source), **key, **address)
            digests = {name: of[name] for name in ("commitment", "root", "sha256")}
            down, _ = bench.ours("download", folder / "down", 2, **key, **digests, **address)
        found = {"jitclient up": up.wall, "jitclient down": down.wall}
        if cut:
            return found  # curl and age begin again at every cut
        with Nginx.running(folder) as nginx:
            if nginx is not None:
                found |= _peers_over_a_line(nginx, folder, source)
    return found


def _peers_over_a_line(nginx: Nginx, folder: Path, source: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    with _line_to(nginx.url.split(":")[2].strip("/")) as port:
        url, out = f"https://127.0.0.1:{port}/", folder / "out"
        found["curl up"] = _timed(f"{_CURL} -H Expect: -T {source} {url}plain")
        found["curl down"] = _timed(f"{_CURL} -o {out} {url}plain")
        if shutil.which("age"):
            to, key = _age_key(folder)
            found["age + curl up"] = _timed(
                f"age -r {to} {source} | {_CURL} -H Expect: -T - {url}aged"
            )
            found["age + curl down"] = _timed(f"{_CURL} {url}aged | age -d -i {key} -o {out}")
    return found


def _to_three(size: int) -> dict[str, float]:
    """Seconds until three recipients at once have all of it, decrypted and verified."""
    with tempfile.TemporaryDirectory() as name, running_store(Path(name) / "s") as store:
        folder = Path(name)
        source = folder / "source"
        make_file(source, size * MIB)
        team, devices = team_of(store, "ana", *(f"ben{number}" for number in range(THREE)))
        benches = [Bench(store, team, (devices[0], one)) for one in devices[1:]]
        key = _key(size)
        to = {"to": [one.person.user.hex() for one in devices[1:]]}
        _, of = benches[0].ours("upload", folder / "up", 2, source=str(source), **key, **to)
        digests = {name: of[name] for name in ("commitment", "root", "sha256")}

        def fetch(number: int) -> float:
            where = folder / f"down{number}"
            return benches[number].ours("download", where, 2, **key, **digests)[0].wall

        with ThreadPoolExecutor(THREE) as crowd:
            found = {"jitclient": max(crowd.map(fetch, range(THREE)))}
        with Nginx.running(folder) as nginx:
            if nginx is not None:
                found |= _three_peers(nginx, folder, source)
    return found


def _three_peers(nginx: Nginx, folder: Path, source: Path) -> dict[str, float]:
    """The same three at once: each process is timed from its own beginning, as ours is."""
    found: dict[str, float] = {}
    _timed(f"{_CURL} -H Expect: -T {source} {nginx.url}plain")
    warm(folder, THREE * source.stat().st_size)
    found["curl"] = _at_once(f"{_CURL} -o {folder}/out$N {nginx.url}plain")
    if shutil.which("age"):
        to, key = _age_key(folder)
        _timed(f"age -r {to} {source} | {_CURL} -H Expect: -T - {nginx.url}aged")
        warm(folder, THREE * source.stat().st_size)
        line = f"{_CURL} {nginx.url}aged | age -d -i {key} -o {folder}/out$N"
        found["age + curl"] = _at_once(line)
    return found


def _at_once(line: str) -> float:
    with ThreadPoolExecutor(THREE) as crowd:
        return max(crowd.map(_timed, (line.replace("$N", str(n)) for n in range(THREE))))


def _timed(line: str) -> float:
    began = time.perf_counter()
    subprocess.run(["bash", "-o", "pipefail", "-c", line], check=True)
    return time.perf_counter() - began


def _age_key(folder: Path) -> tuple[str, Path]:
    key = folder / "key"
    key.unlink(missing_ok=True)
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    to = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True)
    return to.stdout.strip(), key


def _key(size: int) -> dict[str, object]:
    return {
        "file": secrets.token_hex(16),
        "key": secrets.token_hex(32),
        "salt": secrets.token_hex(24),
        "size": size * MIB,
    }


@contextlib.contextmanager
def _line_to(port: str, cut: float = 0.0) -> Iterator[str]:
    """A line to a port of this machine; the port of its near end."""
    command = [sys.executable, "-m", "bench.relay", port, str(MBIT), str(RTT_MS), str(cut)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
