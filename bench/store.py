"""The central store under load: durable messages accepted and delivered, with what they cost it.

    python -m bench.store                 500 clients: one receiver each, then spaces of 20
    python -m bench.store --quick         60 clients, 5 s
    python -m bench.store --shared        PostgreSQL and an S3 server instead of SQLite and a folder

The store is `jitstore serve` in its own process (TLS 1.3 on loopback), the clients one more process
(`bench.storeload`) on the same two cores: what it can do alone is more. Beside the figures stand
the limits of the same run: an fsync of 4 KiB, and the same requests answered without any work by
the same server (a challenge needs neither session nor database row of its own).
Appends to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.measuring import cpu_of, peak_of
from bench.storeload import Client, Figures, Spec
from tests.centralstore.client import Device, enrolled
from tests.centralstore.team import Team, open_space
from tests.support.servers import places
from tests.support.store import StoreHandle, made_store

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
UNLIMITED = {f"JITSTORE_{who}_{what}": "0" for who in ("DEVICE", "ACCOUNT") for what in ("RATE",)}
UNLIMITED |= {"JITSTORE_ADDRESS_RATE": "1000000", "JITSTORE_ADDRESS_BURST": "1000000"}


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(prog="bench.store", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    if asked.quick:
        asked.clients, asked.seconds = 60, 5.0
    os.environ.update(UNLIMITED)
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory()))
        where = ends.enter_context(places(folder)) if asked.shared else None
        store = made_store(folder, places=where)
        store.start()
        ends.callback(store.stop)
        lines = _load(store, asked.clients, asked.seconds, folder)
    text = "\n".join(lines)
    print(text)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(text + "\n\n")


def _load(store: StoreHandle, count: int, seconds: float, folder: Path) -> list[str]:
    devices = people(store, count)
    print(f"{count} people enrolled", file=sys.stderr, flush=True)
    pairs = spaces(devices, 2)
    print(f"{len(pairs)} spaces of two", file=sys.stderr, flush=True)
    kind = "PostgreSQL, S3" if store.places else "SQLite, folder"
    load = os.getloadavg()[0]
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        f"## Store, {when}, {kind}, {count} clients, {os.cpu_count()} cores, load {load:.1f}",
        "",
        f"1 KB bodies; {seconds:.0f} s each; latencies in ms.",
        "",
        (
            "| | accepted/s | delivered/s | ack p50 | ack p99 | all have it p50 | p99 | store CPU "
            "ms per message | clients' CPU | errors |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    first = run(store, spec(store, pairs, 0.0, seconds))
    full = first[0].accepted / first[0].seconds
    lines.append(row("one receiver, as fast as answered", *first))
    lines.append(
        row("one receiver, at half of that", *run(store, spec(store, pairs, full / 2, seconds)))
    )
    twenty = spaces(devices, 20)
    told = run(store, spec(store, twenty, 0.0, seconds))
    lines.append(row("19 receivers, as fast as answered", *told))
    pace = told[0].accepted / told[0].seconds / 2
    lines.append(
        row("19 receivers, at half of that", *run(store, spec(store, twenty, pace, seconds)))
    )
    lines += ["", f"- store: peak {peak_of(_pid(store)):.0f} MiB"]
    lines += _limits(store, devices[0], folder)
    lines.append(_reconnect(store, spec(store, pairs, 0.0, 1.0)))
    return lines


def people(store: StoreHandle, count: int) -> list[Device]:
    """Enrolled and signed-in devices."""
    return [enrolled(store, f"Person {number}") for number in range(count)]


def spaces(devices: Sequence[Device], size: int) -> list[tuple[Team, list[Device]]]:
    """Spaces of `size` members that share nobody."""
    found = []
    for start in range(0, len(devices) - size + 1, size):
        members = list(devices[start : start + size])
        team = open_space(members[0])
        for member in members[1:]:
            answer = team.add(member)
            if not answer.is_success:
                raise SystemExit(f"a member could not be added: {answer.text}")
        found.append((team, members))
    return found


def spec(
    store: StoreHandle, teams: Sequence[tuple[Team, list[Device]]], rate: float, seconds: float
) -> Spec:
    """Everybody writes to everybody else of the space."""
    host, _, port = store.address.rpartition(":")
    clients = [
        Client(
            token=one.token,
            device=one.person.device,
            space=team.space,
            to=tuple(other.person.device for other in members if other is not one),
        )
        for team, members in teams
        for one in members
    ]
    return Spec(
        host=host.strip("[]"), port=int(port), clients=tuple(clients), rate=rate, seconds=seconds
    )


def run(store: StoreHandle, what: Spec) -> tuple[Figures, float]:
    """Play it; the figures, and what it cost the store in CPU seconds."""
    before = cpu_of(_pid(store))
    done = subprocess.run(
        [sys.executable, "-m", "bench.storeload"],
        input=msgspec.json.encode(what),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Figures), cpu_of(_pid(store)) - before


def row(name: str, found: Figures, cpu: float) -> str:
    """One line of the table."""
    cells = [
        f"{found.accepted / found.seconds:.0f}",
        f"{found.delivered / found.seconds:.0f}",
        *(f"{share(values, q):.0f}" for values in (found.ack, found.fanout) for q in (0.5, 0.99)),
        f"{1000 * cpu / max(1, found.accepted):.2f}",
        f"{1000 * found.cpu / max(1, found.accepted):.2f}",
        ", ".join(f"{n} x {what}" for what, n in sorted(found.errors.items())) or "none",
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def share(values: Sequence[float], part: float) -> float:
    """A quantile of sorted values."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def _limits(store: StoreHandle, device: Device, folder: Path) -> list[str]:
    """What one fsync and one request cost alone, in the same run."""
    path = folder / "limit"
    with path.open("wb", buffering=0) as out:

        def flush() -> None:
            out.write(bytes(4096))
            os.fsync(out.fileno())

        sync = _median(flush, 200)
    before = cpu_of(_pid(store))
    empty = _median(lambda: device.ask("GET", "/v1/nothing"), 300)
    cost = (cpu_of(_pid(store)) - before) / 300 * 1000
    fetch = _median(lambda: device.ask("GET", "/v1/mailbox"), 300)
    return [
        (
            f"- limits of the same run: fsync of 4 KiB {sync:.2f} ms; a request to no route "
            f"{empty:.2f} ms ({cost:.2f} ms of store CPU); an empty mailbox {fetch:.2f} ms (httpx)"
        ),
    ]


def _median(work: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def _reconnect(store: StoreHandle, what: Spec) -> str:
    """How long until everybody has had an answer after a restart."""
    store.stop()
    began = time.perf_counter()
    store.start()
    ready = time.perf_counter() - began
    found, _ = run(store, what)
    return (
        f"- after a restart: ready in {ready:.1f} s, {len(what.clients)} clients back with "
        f"{sum(found.errors.values())} errors"
    )


def _pid(store: StoreHandle) -> int:
    assert store.process is not None
    return store.process.pid


if __name__ == "__main__":
    main()
