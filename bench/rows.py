"""What a request costs as the store's tables grow from ten thousand to a million rows.

One store for each number of rows, all running at once and asked in turn by one client over one
connection; the largest against the smallest says whether the cost is flat. filling.py tells what
the rows are. Beside the requests stand what the store does by itself each minute (the sweeper), and
the look at all figures that an operator's /metrics asks for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from bench import filling, stores
from bench.reporting import Options, floor, heading, share, table
from bench.stores import say
from bench.wire import Client, JitTalk, Place, Wire, tls_of
from centralstore import figures, settings
from centralstore.database import Transaction
from protocol.api import paths
from protocol.api.spaces import AckRequest, MailboxReply
from tests.centralstore.client import Device
from tests.support.store import StoreHandle

_BODY_BYTES: Final = 1024
_WAITING: Final = 50
_FLAT: Final = 1.5
_IDLE_SECONDS: Final = 62.0

Act = Callable[[Wire], Awaitable[object]]


@dataclass
class Filled:
    """One store, and who asks it; latencies in ms and CPU seconds by what was asked."""

    rows: int
    store: StoreHandle
    acts: dict[str, tuple[str, Act]]
    took: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    look: float = 0.0
    idle: float = 0.0


def measure(options: Options) -> list[str]:
    """(f)."""
    sizes = (1_000, 10_000) if options.quick else (10_000, 100_000, 1_000_000)
    rounds, times = (2, 20) if options.quick else (5, 100)
    with contextlib.ExitStack() as ends:
        filled = []
        for rows in sizes:
            store, _ = ends.enter_context(stores.opened(options))
            filled.append(_prepared(store, rows))
        for one in filled:
            one.look = _look(one.store)
        asyncio.run(_rounds(filled, rounds, times))
        if not options.quick:
            _idle(filled)
    lines = heading("Store, rows", options.kind)
    lines += [f"{rounds} x {times} requests each, in turns; ms of store CPU, and p50 in ms.", ""]
    return [*lines, *_report(filled, rounds * times)]


def _prepared(store: StoreHandle, rows: int) -> Filled:
    """People who use the store, and then the rows of years."""
    devices = stores.people(store, 20)
    pair, twenty = (stores.clients_of(stores.spaces(devices[:n], n)) for n in (2, 20))
    reader, away = devices[2], devices[19]
    place = stores.place_of(store)
    queue = JitTalk(place, None, _to(twenty[0], reader))

    async def leave() -> None:
        wire = Wire(place, tls_of(place), twenty[0].token)
        for _ in range(_WAITING):
            await queue.post(wire, os.urandom(16), _BODY_BYTES)
        wire.close()

    asyncio.run(leave())
    store.stop()
    began = time.perf_counter()
    filling.fill(store, rows, away.person.device, devices[0].person.device)
    say(f"{rows} rows after {time.perf_counter() - began:.0f} s")
    store.start()
    return Filled(rows, store, _acts(place, pair, twenty, reader, away))


def _to(client: Client, device: Device) -> Client:
    return Client(
        token=client.token, device=client.device, space=client.space, to=(device.person.device,)
    )


def _acts(
    place: Place, pair: Sequence[Client], twenty: Sequence[Client], reader: Device, away: Device
) -> dict[str, tuple[str, Act]]:
    """By what is shown: whose session, and what is asked."""
    one, all_of_them = (JitTalk(place, None, some[0]) for some in (pair, twenty))
    page = f"{paths.MAILBOX}?after=0&limit={_WAITING}"
    me = pair[0].token
    return {
        "send to one": (me, lambda wire: one.post(wire, os.urandom(16), _BODY_BYTES)),
        "send to 19": (
            twenty[0].token,
            lambda wire: all_of_them.post(wire, os.urandom(16), _BODY_BYTES),
        ),
        "fetch and acknowledge": (pair[1].token, _take_one),
        "fetch 50 of 50": (reader.token, _get(page)),
        "fetch 50 of a long queue": (away.token, _get(page)),
        "list spaces": (me, _get(paths.SPACES)),
        "list own log rows": (me, _own_rows),
        "keys left": (me, _get(paths.PREKEYS)),
        "refused: no such route": (me, lambda wire: wire.ask("GET", "/v1/nothing")),
    }


def _get(path: str) -> Act:
    return lambda wire: wire.want(200, "GET", path)


async def _take_one(wire: Wire) -> None:
    """The oldest that waits: each round takes what the messages before it have left."""
    answer = await wire.want(200, "GET", f"{paths.MAILBOX}?after=0&limit=1")
    (item,) = msgspec.json.decode(answer, type=MailboxReply).deliveries
    done = msgspec.json.encode(AckRequest(indexes=(item.index,)))
    await wire.want(204, "POST", paths.MAILBOX_ACK, done)


async def _own_rows(wire: Wire) -> None:
    """The page at the end, in the tree of the last checkpoint."""
    answer = await wire.want(200, "GET", paths.LOG_CHECKPOINT)
    size = int(answer.decode().split("\\n")[1])
    await wire.want(200, "GET", f"{paths.LOG_ROWS}?from={max(0, size - 100)}&to={size}")


async def _rounds(filled: Sequence[Filled], rounds: int, times: int) -> None:
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for name in filled[0].acts:
            for one in filled:
                await _ask(one, name, times)


async def _ask(one: Filled, name: str, times: int) -> None:
    token, act = one.acts[name]
    place = stores.place_of(one.store)
    wire = Wire(place, tls_of(place), token)
    await wire.ask("GET", "/v1/nothing")
    before = stores.cpu(one.store)
    for _ in range(times):
        began = time.perf_counter()
        await act(wire)
        one.took.setdefault(name, []).append(1000 * (time.perf_counter() - began))
    one.cpu[name] = one.cpu.get(name, 0.0) + stores.cpu(one.store) - before
    wire.close()


def _look(store: StoreHandle) -> float:
    """ms of the statements behind /metrics, in this process, past the store; the second time."""
    engine = store.engine()
    sealer = settings.load(store.data_dir).sealer()
    took = []
    for _ in range(2):
        with engine.connect() as conn, conn.begin():
            began = time.perf_counter()
            figures.look(Transaction(conn=conn, now=time.time(), sealer=sealer))
            took.append(1000 * (time.perf_counter() - began))
    engine.dispose()
    return took[-1]


def _idle(filled: Sequence[Filled]) -> None:
    """What each store uses in a minute in which nobody asks for anything."""
    say("idle for a minute")
    before = [stores.cpu(one.store) for one in filled]
    time.sleep(_IDLE_SECONDS)
    for one, cpu in zip(filled, before, strict=True):
        one.idle = 1000 * (stores.cpu(one.store) - cpu)


def _report(filled: Sequence[Filled], count: int) -> list[str]:
    head = [""]
    head += [f"{one.rows:,} rows: CPU / p50" for one in filled]
    rows, verdicts = [], []
    for name in filled[0].acts:
        cpus = [1000 * one.cpu[name] / count for one in filled]
        medians = [statistics.median(one.took[name]) for one in filled]
        cells = [f"{cpu:.2f} / {p50:.1f}" for cpu, p50 in zip(cpus, medians, strict=True)]
        rows.append([name, *cells, f"{medians[-1] / medians[0]:.2f}"])
        if cpus[0] > 0:
            verdicts.append(floor(f"flat, CPU: {name}", cpus[-1] / cpus[0], _FLAT))
    for name, values in (
        ("all figures for /metrics, ms", [one.look for one in filled]),
        ("a minute in which nobody asks, CPU ms", [one.idle for one in filled]),
    ):
        if any(values):
            cells = [f"{value:.1f}" for value in values]
            rows.append([name, *cells, f"{values[-1] / max(values[0], 0.1):.2f}"])
    worst = max(share(sorted(one.took["send to one"]), 0.99) for one in filled)
    return [
        *table([*head, "p50, last / first"], rows),
        *verdicts,
        f"- p99 of a message to one, the worst of all: {worst:.0f} ms",
    ]
