"""The same work through a Matrix homeserver: messages to one and to 19 receivers, small requests.

Both servers run at once on the same cores and are loaded in turn, by the same crowd (storeload.py):
as fast as they answer, then both at half of what the slower one did. The store speaks TLS, signs a
receipt for each message, queues an envelope for each receiver and hears of each that has it;
Synapse speaks HTTP in clear, keeps one event and is told of nobody. Whoever posts also waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from bench import stores, synapse
from bench.crowd import errors_of
from bench.reporting import Options, floor, heading, share, table
from bench.storeload import Spec
from bench.stores import say
from bench.synapse import UnavailableError, User
from bench.wire import Client, Place, Wire, tls_of
from protocol.api import paths
from tests.centralstore.client import Device
from tests.support.servers import places

_SMALL_CONNECTIONS: Final = 8


@dataclass(frozen=True)
class Side:
    """One of the two servers."""

    name: str
    place: Place
    cpu: Callable[[], float]
    pairs: tuple[Client, ...]
    twenty: tuple[Client, ...]


@dataclass(frozen=True)
class Run:
    """One crowd's time at one server; latencies in ms, CPU in ms of the server per message."""

    rate: float
    p50: float
    p95: float
    cpu: float
    errors: str


def measure(options: Options) -> list[str]:
    """(d), and the floors M4 and V1."""
    count = options.clients or (20 if options.quick else 40)
    lines = heading("Store and Synapse", options.kind, f"{count} clients")
    try:
        with contextlib.ExitStack() as ends:
            store, folder = ends.enter_context(stores.opened(options))
            where = ends.enter_context(places(folder / "pg")) if options.postgresql else None
            matrix = ends.enter_context(synapse.running(folder, where))
            devices = stores.people(store, count + 1)
            users = matrix.users(count + 1)
            say(f"{count} people enrolled in both")
            ours = Side(
                "jitstore",
                stores.place_of(store),
                lambda: stores.cpu(store),
                stores.clients_of(stores.spaces(devices[:count], 2)),
                stores.clients_of(stores.spaces(devices[:count], 20)),
            )
            theirs = Side(
                f"Synapse {synapse.VERSION}",
                matrix.place,
                matrix.cpu,
                matrix.clients(users[:count], 2),
                matrix.clients(users[:count], 20),
            )
            lines += _messages(ours, theirs, options)
            lines += _small(ours, devices[-1], theirs, users[-1], options)
    except UnavailableError as error:
        say(f"\n*** NOT MEASURED AGAINST MATRIX: {error}\n")
        lines.append(f"- NOT MEASURED: there is no Synapse here: {error}")
    return lines


def _messages(ours: Side, theirs: Side, options: Options) -> list[str]:
    seconds = options.seconds or (3.0 if options.quick else 10.0)
    rounds = 1 if options.quick else 3
    lines = [f"1 KB bodies; {rounds} x {seconds:.0f} s each, in turns; latencies in ms.", ""]
    head = ("", "messages/s", "delivery p50", "p95", "server CPU ms per message", "errors")
    rows: list[list[str]] = []
    verdicts: list[str] = []
    costs = []
    for name, crowd in (("one receiver", "pairs"), ("19 receivers", "twenty")):
        say(name)
        full = _rounds((ours, theirs), crowd, 0.0, seconds, rounds)
        pace = min(run.rate for run in full) / 2
        paced = _rounds((ours, theirs), crowd, pace, seconds, 1)
        for how, runs in (("as fast as answered", full), (f"{pace:.0f}/s", paced)):
            for side, run in zip((ours, theirs), runs, strict=True):
                rows.append([f"{side.name}, {name}, {how}", *_cells(run)])
        ratios = [full[0].rate / full[1].rate, full[0].cpu / full[1].cpu]
        ratios += [paced[0].p50 / paced[1].p50, paced[0].cpu / paced[1].cpu]
        costs.append(full[0].cpu)
        verdicts.append(
            f"- {name}: {ratios[0]:.1f} x Synapse's messages/s at {ratios[1]:.3f} of its CPU per "
            f"message; at the same pace {ratios[2]:.2f} of its p50 and {ratios[3]:.3f} of its CPU"
        )
    extra = (costs[1] - costs[0]) / 18
    verdicts.append(floor("M4: server CPU ms per message to 19 receivers", costs[1], 2.0))
    verdicts.append(floor("M4: server CPU ms per further receiver", extra, 0.1))
    return [*lines, *table(head, rows), *verdicts, ""]


def _rounds(
    sides: Sequence[Side], crowd: str, rate: float, seconds: float, rounds: int
) -> list[Run]:
    """Each side in turn, several times; the medians of each."""
    found: list[list[Run]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, runs in zip(sides, found, strict=True):
            clients = getattr(side, crowd)
            spec = Spec(place=side.place, clients=clients, rate=rate, seconds=seconds)
            runs.append(_run(side, spec))
    return [_median(runs) for runs in found]


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        rate=statistics.median(run.rate for run in runs),
        p50=statistics.median(run.p50 for run in runs),
        p95=statistics.median(run.p95 for run in runs),
        cpu=statistics.median(run.cpu for run in runs),
        errors="; ".join(sorted({run.errors for run in runs} - {"none"})) or "none",
    )


def _run(side: Side, spec: Spec) -> Run:
    before = side.cpu()
    found = stores.play(spec)
    cpu = side.cpu() - before
    return Run(
        rate=found.accepted / found.seconds,
        p50=share(found.delivery, 0.5),
        p95=share(found.delivery, 0.95),
        cpu=1000 * cpu / max(1, found.accepted),
        errors=errors_of(found),
    )


def _cells(run: Run) -> list[str]:
    return [f"{run.rate:.0f}", f"{run.p50:.1f}", f"{run.p95:.1f}", f"{run.cpu:.2f}", run.errors]


def _small(ours: Side, device: Device, theirs: Side, user: User, options: Options) -> list[str]:
    """V1: what a request costs that asks for little, and one that finds nothing new."""
    device.sign_in()
    matrix = "/_matrix/client/v3"
    since = _since(theirs.place, user)
    asked = {
        "who am I (prekeys left)": (paths.PREKEYS, f"{matrix}/account/whoami"),
        "nothing new (mailbox; sync)": (paths.MAILBOX, f"{matrix}/sync?timeout=0&since={since}"),
    }
    seconds, rounds = (1.0, 1) if options.quick else (4.0, 3)
    rows, ratios = [], []
    for name, (our_path, their_path) in asked.items():
        found: list[list[tuple[float, float]]] = [[], []]
        for _ in range(rounds):
            found[0].append(_hammer(ours, device.token, our_path, seconds))
            found[1].append(_hammer(theirs, user.token, their_path, seconds))
        medians = [
            [statistics.median(values) for values in zip(*one, strict=True)] for one in found
        ]
        for side, (rate, cpu) in zip((ours, theirs), medians, strict=True):
            rows.append([f"{side.name}, {name}", f"{rate:.0f}", f"{cpu:.0f}", f"{1e6 / cpu:.0f}"])
        ratios.append(medians[1][1] / medians[0][1])
    head = ("", "requests/s", "server CPU us", "requests per CPU second")
    return [
        *table(head, rows),
        floor("V1: small requests per core against Synapse", ratios[0], 2.0, least=True),
        floor("V1: CPU of asking in vain against Synapse", 1 / ratios[1], 0.5),
    ]


def _since(place: Place, user: User) -> str:
    async def ask() -> str:
        wire = Wire(place, tls_of(place), user.token)
        answer: dict[str, Any] = msgspec.json.decode(
            await wire.want(200, "GET", "/_matrix/client/v3/sync?timeout=0")
        )
        return str(answer["next_batch"])

    return asyncio.run(ask())


def _hammer(side: Side, token: str, path: str, seconds: float) -> tuple[float, float]:
    """Eight connections that ask as fast as they are answered: requests/s, server CPU us each."""

    async def ask(until: float) -> int:
        wire = Wire(side.place, tls_of(side.place), token)
        count = 0
        while time.perf_counter() < until:
            await wire.want(200, "GET", path)
            count += 1
        wire.close()
        return count

    async def all_of_them() -> int:
        until = time.perf_counter() + seconds
        return sum(await asyncio.gather(*(ask(until) for _ in range(_SMALL_CONNECTIONS))))

    before, began = side.cpu(), time.perf_counter()
    count = asyncio.run(all_of_them())
    return count / (time.perf_counter() - began), (side.cpu() - before) / count * 1e6
