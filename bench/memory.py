"""Memory of the store as files grow and as more clients are connected.

Files go in and out as in parts.py, each size to a fresh store. Clients hold two TLS connections
each, of which one waits; the bare server of the same run holds as many, so that what the store
keeps for a client stands beside what the connections alone take.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

from bench import rawserver, stores
from bench.measuring import resident_of
from bench.parts import both_ways, store_peer
from bench.reporting import Options, floor, heading, table
from bench.stores import say
from bench.wire import Client, Place, Wire, tls_of
from protocol.api import paths
from protocol.limits import MIB, PART_BYTES
from tests.centralstore.team import team_of

_WAIT: Final = 25
_SETTLE_SECONDS: Final = 2.0
_ASKED: Final = 20
"""Requests of each client before it is looked at: buffers have grown to what they grow to."""


def measure(options: Options) -> list[str]:
    """(c), and floor F4 for the server."""
    sizes = (16, 64) if options.quick else (64, 512, 4096)
    counts: tuple[int, ...] = (10, 40) if options.quick else (10, 50, 100, 250, 500)
    if options.clients:
        counts = tuple(sorted({10, options.clients}))
    lines = [*heading("Store, memory", options.kind), *_files(options, sizes)]
    return [*lines, "", *_clients(options, counts)]


def _files(options: Options, sizes: Sequence[int]) -> list[str]:
    rows, peaks = [], {}
    for size in sizes:
        say(f"a file of {size} MiB")
        with stores.opened(options) as (store, folder):
            source = folder / "source"
            source.write_bytes(os.urandom(PART_BYTES))
            team, _ = team_of(store, "ana", "ben")
            before = resident_of(stores.pid(store))
            count = size * MIB // PART_BYTES + 1
            up, down = both_ways(store_peer(store, team, source, count), source, count, folder)
            after = resident_of(stores.pid(store))
        peaks[size] = max(up.peak, down.peak)
        cells = (before, up.peak, down.peak, after)
        rows.append([f"{size}", *(f"{value:.0f}" for value in cells), f"{up.rate:.0f}"])
    head = ("file MiB", "before MiB", "peak in MiB", "peak out MiB", "after MiB", "in MB/s")
    ratio = peaks[sizes[-1]] / peaks[sizes[0]]
    what = f"F4, peak with {sizes[-1]} MiB against peak with {sizes[0]} MiB"
    return [*table(head, rows), floor(what, ratio, 1.05)]


def _clients(options: Options, counts: Sequence[int]) -> list[str]:
    with stores.opened(options) as (store, folder), rawserver.running(folder) as (raw, raw_pid):
        devices = stores.people(store, counts[-1])
        say(f"{len(devices)} people enrolled")
        clients = stores.clients_of(stores.spaces(devices, 2))
        ours = asyncio.run(_grow(stores.place_of(store), stores.pid(store), clients, counts))
        bare = asyncio.run(_grow(raw, raw_pid, clients, counts))
        time.sleep(_SETTLE_SECONDS)
        left = resident_of(stores.pid(store))
    rows = [
        [f"{count}", f"{one:.0f}", f"{other:.0f}"]
        for count, one, other in zip(counts, ours, bare, strict=True)
    ]
    head = ("clients connected", "store MiB", "the same server with nothing behind it MiB")
    more = counts[-1] - counts[0]
    each, alone = ((found[-1] - found[0]) * 1024 / more for found in (ours, bare))
    return [
        *table(head, rows),
        f"- one client more: {each:.0f} KiB, of which its two connections {alone:.0f} KiB",
        f"- when all have gone: {left:.0f} MiB",
    ]


async def _grow(
    place: Place, pid: int, clients: Sequence[Client], counts: Sequence[int]
) -> list[float]:
    """Resident MiB of a server with so many clients, each number on top of the one before."""
    found = []
    async with contextlib.AsyncExitStack() as connected:
        have = 0
        for count in counts:
            for client in clients[have:count]:
                await connected.enter_async_context(_connected(place, client))
            have = count
            await asyncio.sleep(_SETTLE_SECONDS)
            found.append(resident_of(pid))
    return found


@contextlib.asynccontextmanager
async def _connected(place: Place, client: Client) -> AsyncIterator[None]:
    """Two connections: one has asked a few times, one waits for messages until the end."""
    asking, waiting = (Wire(place, tls_of(place), client.token) for _ in range(2))
    for _ in range(_ASKED):
        await asking.want(200, "GET", paths.MAILBOX)

    async def listen() -> None:
        while True:
            await waiting.want(200, "GET", f"{paths.MAILBOX}?after=0&wait={_WAIT}")

    task = asyncio.get_running_loop().create_task(listen())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        asking.close()
        waiting.close()
