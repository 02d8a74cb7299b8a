"""Messages end to end: from `send` in one profile to readable in the other, stored on both sides.

    python -m bench.messages            300 messages one by one, 300 in a burst
    python -m bench.messages --quick    50 and 50

Two real profiles (SQLCipher, synchronous=FULL) in this process, `jitstore serve` in its own, over
TLS 1.3 on loopback, woken by the event stream. Beside it stand the limits of the same run: an
fsync of a 4 KiB append, and one authenticated request to the same store. Appends to
bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from jitclient.desk import Desk
from jitclient.door import DoorKeeper
from jitclient.events import Event, MessagesChanged
from protocol.ids import SpaceId
from tests.support.store import StoreHandle, running_store

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
PASSPHRASE = "a passphrase for measuring"


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(prog="bench.messages", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    count = 50 if parser.parse_args().quick else 300
    with tempfile.TemporaryDirectory() as folder, running_store(Path(folder) / "s") as store:
        lines = asyncio.run(_measure(Path(folder), store, count))
    text = "\n".join(lines)
    print(text)
    with RESULTS.open("a") as out:
        out.write(text + "\n\n")


async def _measure(folder: Path, store: StoreHandle, count: int) -> list[str]:
    one = await _enrol(folder / "one", store, "Ana Lima", "PT")
    two = await _enrol(folder / "two", store, "Bruno Keller", "DE")
    await one.sync_now(transfers=False)
    space = await one.create_space(agreement="bench", signed_on="2026-01-01", title="Bench")
    await one.add_member(space, two.me.user)
    await two.sync_now(transfers=False)
    await one.sync_now(transfers=False)
    request = [await _timed(one.api.prekey_count()) for _ in range(100)]
    sync = _fsync(folder / "limit")
    one.start()
    two.start()
    await _exchange(one, two, space, 5)  # sessions answer, caches warm
    server = psutil.Process(store.process.pid) if store.process else None
    before = _cpu(server)
    took = await _exchange(one, two, space, count)
    middle = _cpu(server)
    began = time.perf_counter()
    await _burst(one, two, space, count)
    burst = count / (time.perf_counter() - began)
    await one.close()
    await two.close()
    p50, p95 = statistics.median(took), _share(took, 0.95)
    trip, flush = statistics.median(request), statistics.median(sync)
    when = datetime.now(UTC).date().isoformat()
    return [
        f"## Messages, {when}, {count} one by one and {count} in a burst, {os.cpu_count()} cores",
        "",
        "| figure | value | ratio |",
        "|---|---|---|",
        f"| send to readable, p50 | {p50:.1f} ms | {p50 / trip:.1f} x one request |",
        f"| send to readable, p95 | {p95:.1f} ms | {p95 / trip:.1f} x one request |",
        f"| one by one | {1000 / statistics.mean(took):.0f} messages/s | |",
        f"| burst | {burst:.0f} messages/s | {burst * flush / 1000:.2f} of one fsync each |",
        f"| store CPU | {1000 * (middle - before) / count:.1f} ms/message | |",
        f"| limit: authenticated request | {trip:.1f} ms | |",
        f"| limit: fsync of 4 KiB | {flush:.2f} ms | |",
    ]


async def _enrol(folder: Path, store: StoreHandle, name: str, country: str) -> Desk:
    invitation = store.invite(name, "Bench", country, "member-state")
    return await DoorKeeper(folder).enrol(invitation, PASSPHRASE)


async def _timed(work: object) -> float:
    began = time.perf_counter()
    await work  # type: ignore[misc]  # a coroutine
    return 1000 * (time.perf_counter() - began)


def _fsync(path: Path) -> list[float]:
    took = []
    with path.open("wb", buffering=0) as out:
        for _ in range(100):
            began = time.perf_counter()
            out.write(bytes(4096))
            os.fsync(out.fileno())
            took.append(1000 * (time.perf_counter() - began))
    return took


async def _exchange(one: Desk, two: Desk, space: SpaceId, count: int) -> list[float]:
    """One message after the other; each is awaited until the other side can read it."""
    took = []
    for number in range(count):
        text = f"message {number} at {time.perf_counter()}"
        began = time.perf_counter()
        arrived = _arrival(two, space, text)
        await one.send(space, text)
        await arrived
        took.append(1000 * (time.perf_counter() - began))
    return took


async def _burst(one: Desk, two: Desk, space: SpaceId, count: int) -> None:
    arrived = _arrival(two, space, f"burst {count - 1}")
    for number in range(count):
        await one.send(space, f"burst {number}")
    await arrived


def _arrival(desk: Desk, space: SpaceId, text: str) -> asyncio.Future[None]:
    """Done when the newest message of `desk` is `text`."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    checks: set[asyncio.Task[None]] = set()

    async def check() -> None:
        rows = await desk.messages(space, limit=1)
        if rows and rows[-1].text == text and not done.done():
            done.set_result(None)

    def tell(event: Event) -> None:
        if isinstance(event, MessagesChanged) and not done.done():
            task = loop.create_task(check())
            checks.add(task)
            task.add_done_callback(checks.discard)

    unsubscribe = desk.events.subscribe(tell)
    done.add_done_callback(lambda _: unsubscribe())
    return done


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _cpu(process: psutil.Process | None) -> float:
    if process is None:
        return 0.0
    used = process.cpu_times()
    return float(used.user + used.system)


if __name__ == "__main__":
    main()
