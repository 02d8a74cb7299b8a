"""Messages a second with everybody connected over TLS, what they cost, and coming back.

Limits of the same run: the same requests of the same crowd to the store's own HTTP server without
a store behind it (before and after), an fsync of 4 KiB, and a request that is refused at once.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import msgspec

from bench import rawserver, stores
from bench.measuring import peak_of
from bench.reporting import Options, fsync_ms, heading, share, table, timed
from bench.storeload import Figures, Spec
from bench.stores import say
from tests.centralstore.client import Device
from tests.support.store import StoreHandle

_HEAD = (
    "",
    "accepted/s",
    "delivered/s",
    "ack p50",
    "ack p99",
    "all have it p50",
    "p99",
    "store CPU ms per message",
    "clients' CPU",
    "errors",
)


def measure(options: Options) -> list[str]:
    """(a) one receiver and 19, at full speed and at half of it; (e) everybody back at once."""
    count = options.clients or (60 if options.quick else 500)
    seconds = options.seconds or (5.0 if options.quick else 40.0)
    lines = heading("Store, messages", options.kind, f"{count} clients")
    lines += [f"1 KB bodies; {seconds:.0f} s each; latencies in ms.", ""]
    with stores.opened(options) as (store, folder), rawserver.running(folder) as (raw, _):
        devices = stores.people(store, count)
        say(f"{count} people enrolled")
        pairs = stores.clients_of(stores.spaces(devices, 2))
        twenty = stores.clients_of(stores.spaces(devices, 20))
        spec = Spec(place=stores.place_of(store), clients=pairs, rate=0.0, seconds=seconds)
        many = msgspec.structs.replace(spec, clients=twenty)
        bare = msgspec.structs.replace(spec, place=raw, seconds=seconds / 4, listen=False)
        before = stores.play(bare)
        full, rows = _rows(store, spec, many)
        after = stores.play(bare)
        lines += table(_HEAD, rows)
        lines.append(f"- store: peak {peak_of(stores.pid(store)):.0f} MiB")
        limit = statistics.mean(one.accepted / one.seconds for one in (before, after))
        lines.append(
            f"- limit: the same posts to the same server with nothing behind it {limit:.0f}/s: "
            f"the store takes {full / limit:.3f} of that"
        )
        lines += [_limits(store, devices[0], folder), _reconnect(store, spec)]
    return lines


def _rows(store: StoreHandle, spec: Spec, many: Spec) -> tuple[float, list[list[str]]]:
    """Messages a second with one receiver, and the lines of the table."""
    rows = []
    fastest = 0.0
    for name, what in (("one receiver", spec), ("19 receivers", many)):
        if not what.clients:
            say(f"{name}: not enough clients")
            continue
        say(name)
        found, cpu = _run(store, what)
        rate = found.accepted / found.seconds
        fastest = max(fastest, rate)
        rows.append(row(f"{name}, as fast as answered", found, cpu))
        half = msgspec.structs.replace(what, rate=rate / 2)
        rows.append(row(f"{name}, at half of that", *_run(store, half)))
    return fastest, rows


def _run(store: StoreHandle, what: Spec) -> tuple[Figures, float]:
    """Play it; the figures, and what it cost the store in CPU seconds."""
    before = stores.cpu(store)
    return stores.play(what), stores.cpu(store) - before


def row(name: str, found: Figures, cpu: float) -> list[str]:
    """One line of the table."""
    return [
        name,
        f"{found.accepted / found.seconds:.0f}",
        f"{found.delivered / found.seconds:.0f}",
        *(f"{share(values, q):.0f}" for values in (found.ack, found.fanout) for q in (0.5, 0.99)),
        f"{1000 * cpu / max(1, found.accepted):.2f}",
        f"{1000 * found.cpu / max(1, found.accepted):.2f}",
        errors_of(found),
    ]


def errors_of(found: Figures) -> str:
    """What went wrong, in one cell."""
    return ", ".join(f"{n} x {what}" for what, n in sorted(found.errors.items())) or "none"


def _limits(store: StoreHandle, device: Device, folder: Path) -> str:
    """What one fsync and one request cost alone, in the same run."""
    before = stores.cpu(store)
    empty = statistics.median(timed(lambda: device.ask("GET", "/v1/nothing"), 300))
    cost = (stores.cpu(store) - before) / 300 * 1000
    fetch = statistics.median(timed(lambda: device.ask("GET", "/v1/mailbox"), 300))
    return (
        f"- limits: fsync of 4 KiB {fsync_ms(folder):.2f} ms; a request to no route {empty:.2f} ms "
        f"({cost:.2f} ms of store CPU); an empty mailbox {fetch:.2f} ms (httpx)"
    )


def _reconnect(store: StoreHandle, what: Spec) -> str:
    """How long until everybody has had an answer after a restart."""
    store.stop()
    began = time.perf_counter()
    store.start()
    ready = time.perf_counter() - began
    found = stores.play(msgspec.structs.replace(what, rate=1.0, seconds=1.0))
    back = found.connected
    return (
        f"- after a restart: ready in {ready:.1f} s; {len(back)} clients back at once, half of "
        f"them within {share(back, 0.5) / 1000:.1f} s, the last within {back[-1] / 1000:.1f} s; "
        f"errors: {errors_of(found)}"
    )
