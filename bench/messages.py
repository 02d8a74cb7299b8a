"""Messages end to end: from `send` in one profile to readable in the others, stored everywhere.

    python -m bench.messages                  two people; 300 messages one by one, 300 in a burst
    python -m bench.messages --members 20     one writes, 19 receive
    python -m bench.messages --quick          fewer

Real profiles (SQLCipher, synchronous=FULL), each client and `jitstore serve` in a process of its
own, over TLS 1.3 on loopback, woken by the event stream; everybody signs receipts, and they travel
too. Until 2026-11-27 all clients were in one process: those figures are not comparable. Paced
is one message a second; one by one the next goes when everybody has the last; a burst is written at
once. Beside it stand the limits of the same run: an fsync of a 4 KiB append, and one authenticated
request to the same store. Appends to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import cpu_of
from bench.reader import PASSPHRASE, Reader, started
from bench.reporting import fsync_ms, heading, publish, share, table
from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from protocol.ids import SpaceId
from tests.support.store import StoreHandle, running_store

PACE_SECONDS = 1.0
PHASE_SECONDS = 75.0
"""No phase goes on longer: it then has fewer messages, and says how many."""


@dataclass(frozen=True)
class Team:
    """One who writes and those who read, in one space of a running store."""

    store: StoreHandle
    sender: Desk
    readers: Sequence[Reader]
    space: SpaceId

    def cpu(self) -> float:
        """CPU seconds of the store so far."""
        assert self.store.process is not None
        return cpu_of(self.store.process.pid)

    def clients(self) -> float:
        """CPU seconds of all clients so far."""
        return time.process_time() + sum(one.cpu() for one in self.readers)


@dataclass(frozen=True)
class Phase:
    """What a number of messages took: each delivery in ms, the last of each message.

    `cpu` and `clients` are CPU seconds of the store and of all clients, with the receipts.
    """

    deliveries: list[float]
    lasts: list[float]
    seconds: float
    cpu: float
    clients: float

    @property
    def count(self) -> int:
        """Messages."""
        return len(self.lasts)


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(prog="bench.messages", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--members", type=int, default=2, choices=range(2, 51), metavar="N")
    parser.add_argument("--no-record", action="store_true", help="print only")
    asked = parser.parse_args()
    count = 50 if asked.quick else 300
    if asked.members > 2:
        count = 8 if asked.quick else 60
    with tempfile.TemporaryDirectory() as folder, running_store(Path(folder) / "s") as store:
        lines = asyncio.run(_measure(Path(folder), store, count, asked.members))
    publish(lines, record=not asked.no_record)


async def _measure(folder: Path, store: StoreHandle, count: int, members: int) -> list[str]:
    began = time.perf_counter()
    team = await _team(folder, store, members)
    print(f"{members} people in a space after {time.perf_counter() - began:.0f} s", flush=True)
    trip = statistics.median([await _timed(team.sender.api.prekey_count()) for _ in range(100)])
    sync = fsync_ms(folder)
    team.sender.start()
    try:
        first = max(await _deliver(team, "the first one"))
        await _quiet(team)
        await _one_by_one(team, "warm", 3, 0.0)  # sessions answer, caches warm
        await _quiet(team)
        paced = await _one_by_one(team, "paced", max(10, count // 5), PACE_SECONDS)
        await _quiet(team)
        fast = await _one_by_one(team, "fast", count, 0.0)
        await _quiet(team)
        burst = await _burst(team, count)
    finally:
        await asyncio.gather(team.sender.close(), *(one.close() for one in team.readers))
    return [
        *heading("Messages", f"{members} members"),
        *_table(paced, fast, burst, trip, sync, first),
        *([] if members == 2 else [f"Latencies are those of all {members - 1} deliveries.", ""]),
    ]


def _table(
    paced: Phase, fast: Phase, burst: Phase, trip: float, sync: float, first: float
) -> list[str]:
    """Every figure, and what it is of the limit that bounds it."""
    rows = [
        (f"first message, with everybody's keys, until the last has it ({first:.0f} ms)", first),
        *_quantiles("paced", paced),
        *_quantiles("one by one", fast),
    ]
    cells = [[name, f"{value:.1f} ms", f"{value / trip:.1f} x one request"] for name, value in rows]
    for name, phase in (("one by one", fast), ("in a burst", burst)):
        rate = phase.count / phase.seconds
        of_limit = f"{rate * sync / 1000:.3f} of one fsync each"
        cells.append([f"{name}, {phase.count} messages", f"{rate:.1f} messages/s", of_limit])
    for name, phase in (("paced", paced), ("one by one", fast), ("in a burst", burst)):
        store, clients = (1000 * used / phase.count for used in (phase.cpu, phase.clients))
        cells.append([f"CPU, {name}", f"{store:.1f} ms/message", f"all clients {clients:.1f} ms"])
    cells.append(["limit: authenticated request", f"{trip:.1f} ms", ""])
    cells.append(["limit: fsync of 4 KiB", f"{sync:.2f} ms", ""])
    return table(("figure", "value", "ratio"), cells)


def _quantiles(name: str, phase: Phase) -> list[tuple[str, float]]:
    found = sorted(phase.deliveries)
    rows = [(f"{name}, send to readable, {p}", share(found, q)) for p, q in _QUANTILES]
    if len(phase.deliveries) > phase.count:
        rows.append((f"{name}, the last receiver, p50", statistics.median(phase.lasts)))
    return rows


_QUANTILES = (("p50", 0.5), ("p95", 0.95))


async def _team(folder: Path, store: StoreHandle, members: int) -> Team:
    desks = [
        await DoorKeeper(folder / f"profile-{number}").enrol(
            store.invite(f"Person {number}", "Bench", "PT" if number % 2 else "DE"), PASSPHRASE
        )
        for number in range(members)
    ]
    sender, *receivers = desks
    await sender.sync_now(transfers=False)
    space = await sender.create_space(agreement="bench", signed_on="2026-01-01", title="Bench")
    for desk in receivers:
        await sender.add_member(space, desk.me.user)
    for desk in (*receivers, sender):
        await desk.sync_now(transfers=False)
    for desk in receivers:
        await desk.close()
    profiles = (folder / f"profile-{number}" for number in range(1, members))
    return Team(store, sender, [await started(one, space) for one in profiles], space)


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return 1000 * (time.perf_counter() - began)


async def _quiet(team: Team) -> None:
    """Until the store has nothing to do: receipts of one phase are not counted for the next."""
    for _ in range(120):
        before = team.cpu()
        await asyncio.sleep(0.5)
        if team.cpu() - before < 0.02:
            return


async def _one_by_one(team: Team, name: str, count: int, pace: float) -> Phase:
    """One message after the other, each awaited until every other side can read it."""
    deliveries: list[float] = []
    lasts: list[float] = []
    before, mine, began = team.cpu(), team.clients(), time.perf_counter()
    for number in itertools.count():
        if number == count or time.perf_counter() - began > PHASE_SECONDS:
            break
        due = began + number * pace
        await asyncio.sleep(max(0.0, due - time.perf_counter()) if pace else 0.0)
        took = await _deliver(team, f"{name} {number}")
        deliveries += took
        lasts.append(max(took))
    seconds = time.perf_counter() - began
    await _quiet(team)
    return Phase(deliveries, lasts, seconds, team.cpu() - before, team.clients() - mine)


async def _deliver(team: Team, text: str) -> list[float]:
    """Send one message; how long until each receiver could read it, in ms."""
    began = time.perf_counter()
    arrived = [one.arrival(text) for one in team.readers]
    await team.sender.send(team.space, text)
    return [1000 * (moment - began) for moment in await asyncio.gather(*arrived)]


async def _burst(team: Team, count: int) -> Phase:
    before, mine, began = team.cpu(), team.clients(), time.perf_counter()
    arrived = [one.arrival(f"burst {count - 1}") for one in team.readers]
    for number in range(count):
        await team.sender.send(team.space, f"burst {number}")
    moments = await asyncio.gather(*arrived)
    seconds = max(moments) - began
    await _quiet(team)
    return Phase([], [0.0] * count, seconds, team.cpu() - before, team.clients() - mine)


if __name__ == "__main__":
    main()
