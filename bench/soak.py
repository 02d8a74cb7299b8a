"""A store under steady mixed load for a long time: does anything grow, does anything slow down?

    python -m bench.soak --minutes 30
    python -m bench.soak --minutes 30 --postgresql
    python -m bench.soak --quick              three slices of ten seconds

The store has years behind it (filling.py) and a long queue was read from it, so that its database
cache is full from the beginning.
Twenty people write in pairs and twenty in one space, at a steady pace; every client gives up its
connections every twenty seconds, and everybody comes back at the beginning of each minute; a file
is handed over, fetched, proven and erased every few seconds; everybody signs in anew every ten
minutes. Each minute's figures, and the last third of the time against the first, are appended to
bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import httpx

from bench import filling, stores
from bench.measuring import resident_of
from bench.reporting import Options, floor, fsync_ms, heading, publish, share, table
from bench.storeload import Figures, Spec
from bench.stores import say
from protocol.api import paths
from protocol.api.spaces import MailboxReply
from tests.centralstore.client import Device, read
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import Team
from tests.support.store import StoreHandle

_PEOPLE: Final = 20
_RECONNECT_SECONDS: Final = 20.0
_FILE_EVERY: Final = 5.0
_SIGN_IN_MINUTES: Final = 10
_OVERHEAD: Final = 5.0
"""Of each minute: a crowd starts, connects, waits for what is still under way, and ends."""
_DRIFT: Final = 1.2


@dataclass(frozen=True)
class Minute:
    """What one minute was like: MiB, CPU ms per message, latencies in ms; an fsync beside it."""

    resident: float
    cpu: float
    rate: float
    ack50: float
    ack99: float
    all50: float
    all99: float
    files: int
    fsync: float
    errors: str


@dataclass
class Files:
    """Hands over one file after the other until told to stop."""

    team: Team
    sender: Device
    receiver: Device
    over: threading.Event = field(default_factory=threading.Event)
    busy: threading.Lock = field(default_factory=threading.Lock)
    done: int = 0
    errors: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """One file every few seconds; the store erases each as soon as it is proven."""
        while not self.over.wait(_FILE_EVERY):
            with self.busy:
                self._one()

    def _one(self) -> None:
        to = self.receiver
        exhibit = Exhibit(self.team.space, self.sender, (to,), count=2)
        steps: list[Callable[[], httpx.Response]]
        steps = [exhibit.announce, lambda: exhibit.put(0), lambda: exhibit.put(1)]
        steps += [exhibit.complete, lambda: exhibit.get(0, to), lambda: exhibit.get(1, to)]
        steps.append(lambda: exhibit.prove(to))
        for step in steps:
            answer = step()
            if not answer.is_success:
                self.errors[f"file {answer.status_code}"] += 1
                return
        self.done += 1


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(
        prog="bench.soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--rate", type=float, default=30.0, help="messages a second, all together")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--no-record", action="store_true", help="print only")
    asked = parser.parse_args()
    options = Options(quick=asked.quick, postgresql=asked.postgresql)
    count, seconds = (3, 10.0) if asked.quick else (asked.minutes, 60.0)
    publish(measure(options, count, seconds, asked.rate), record=not asked.no_record)


def measure(options: Options, count: int, seconds: float, rate: float) -> list[str]:
    """So many minutes of so many seconds."""
    lines = heading(f"Store, soak, {count} x {seconds:.0f} s", options.kind)
    rows = 5_000 if options.quick else 600_000
    minutes = []
    with stores.opened(options) as (store, _):
        *devices, away = stores.people(store, 2 * _PEOPLE + 1)
        pairs = stores.spaces(devices[:_PEOPLE], 2)
        twenty = stores.spaces(devices[_PEOPLE:], _PEOPLE)
        store.stop()
        filling.fill(store, rows, away.person.device, away.person.device)
        store.start()
        _read_all(away)
        team, (sender, receiver) = pairs[0]
        files = Files(team, sender, receiver)
        hands = threading.Thread(target=files.run)
        hands.start()
        try:
            for number in range(count):
                with files.busy:  # it would be signed in with a token that is just being replaced
                    for device in devices[number % _SIGN_IN_MINUTES :: _SIGN_IN_MINUTES]:
                        device.sign_in()
                crowds = (pairs, 0.8 * rate), (twenty, 0.2 * rate)
                minutes.append(_minute(store, crowds, files, seconds))
                say(f"minute {number + 1} of {count}: {minutes[-1]}")
        finally:
            files.over.set()
            hands.join()
    what = f"{0.8 * rate:.0f} messages/s to one receiver, {0.2 * rate:.0f}/s to 19"
    lines += [f"{what}; {rows:,} messages are there before.", ""]
    return [*lines, *_report(minutes)]


def _read_all(away: Device) -> None:
    """The long queue, page by page: the database's cache is as large now as it may become."""
    away.sign_in()
    after, waiting = 0, 1
    while waiting:
        page = read(away.ask("GET", f"{paths.MAILBOX}?after={after}"), MailboxReply)
        after, waiting = page.deliveries[-1].index, page.waiting


def _minute(
    store: StoreHandle,
    crowds: Sequence[tuple[Sequence[tuple[Team, list[Device]]], float]],
    files: Files,
    seconds: float,
) -> Minute:
    began, before, handed = time.perf_counter(), stores.cpu(store), files.done
    specs = [
        Spec(
            place=stores.place_of(store),
            clients=stores.clients_of(teams),
            rate=rate,
            seconds=max(3.0, seconds - _OVERHEAD),
            reconnect=_RECONNECT_SECONDS,
        )
        for teams, rate in crowds
    ]
    with ThreadPoolExecutor(len(specs)) as pool:
        found = list(pool.map(stores.play, specs))
    time.sleep(max(0.0, began + seconds - time.perf_counter()))
    cpu = stores.cpu(store) - before
    flush = fsync_ms(store.data_dir.parent, 50)
    resident = resident_of(stores.pid(store))
    return _summary(found, cpu, (resident, flush), files, files.done - handed)


def _summary(
    found: Sequence[Figures], cpu: float, machine: tuple[float, float], files: Files, handed: int
) -> Minute:
    acks = sorted(value for one in found for value in one.ack)
    lasts = sorted(value for one in found for value in one.fanout)
    errors = sum((Counter(one.errors) for one in found), Counter()) + files.errors
    files.errors.clear()
    return Minute(
        resident=machine[0],
        cpu=1000 * cpu / max(1, len(acks)),
        rate=sum(one.accepted / one.seconds for one in found),
        ack50=share(acks, 0.5),
        ack99=share(acks, 0.99),
        all50=share(lasts, 0.5),
        all99=share(lasts, 0.99),
        files=handed,
        fsync=machine[1],
        errors=", ".join(f"{n} x {what}" for what, n in sorted(errors.items())) or "none",
    )


def _report(minutes: Sequence[Minute]) -> list[str]:
    head = ["minute", "store MiB", "CPU ms per message", "messages/s"]
    head += ["ack p50", "p99", "all have it p50", "p99", "files", "fsync ms", "errors"]
    rows = [
        [
            f"{number}",
            f"{one.resident:.0f}",
            f"{one.cpu:.2f}",
            f"{one.rate:.1f}",
            *(f"{value:.0f}" for value in (one.ack50, one.ack99, one.all50, one.all99)),
            f"{one.files}",
            f"{one.fsync:.2f}",
            one.errors,
        ]
        for number, one in enumerate(minutes, 1)
    ]
    third = max(1, len(minutes) // 3)
    lines = table(head, rows)
    for name, what in (
        ("resident", "memory"),
        ("cpu", "CPU per message"),
        ("ack50", "p50 of the answer"),
        ("ack99", "p99 of the answer"),
        ("all50", "p50 until all have it"),
        ("all99", "p99 until all have it"),
    ):
        first, last = (
            statistics.median(getattr(one, name) for one in some)
            for some in (minutes[:third], minutes[-third:])
        )
        lines.append(floor(f"{what}, last third against first", last / first, _DRIFT))
    return lines


if __name__ == "__main__":
    main()
