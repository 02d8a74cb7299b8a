"""The local store as it fills: insert, open, page and search at 10^4, 10^5 and 10^6 messages.

    python -m bench.vault                two databases of each size, encrypted and plain, in turns
    python -m bench.vault --quick        small ones: proves that it works

The peer is plain SQLite: the same library without a key, the same schema, settings and statements.
"Open to the first screen" is the product: an unlocked profile opens the space and asks for what the
window shows first; the key derivation before it is not in it. The databases are
new to their connection (empty page cache) and known to the system's cache. The exhibit is a file of
4 GiB of zeros, sealed, so that what is read is what lies in a vault.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench import vaultscreen
from bench.reporting import floor, heading, publish, share, table
from bench.vaulttexts import KINDS, Texts
from jitclient.searchquery import parse
from localstore import connection, messages, migrate, searchindex
from localstore.connection import Connection, open_database, transaction
from localstore.folding import fold
from localstore.search import Finder, Wanted
from localstore.searchindex import MESSAGES
from tests.localstore.samples import KEY, number_id, text

_ACT: Final = 1_000
_PAGE: Final = 200
_HITS: Final = 51
_FLOORS: Final = {"first screen, s": 1.0, "search p99, ms": 50.0, "64 KiB p99, ms": 5.0}


@dataclass
class Base:
    """One database, its open connection, and what was measured on it, in ms."""

    name: str
    path: Path
    open: Callable[[Path], Connection]
    sp: Connection | None = None
    fill_us: float = 0.0
    took: dict[str, list[float]] = field(default_factory=dict)
    used: dict[str, list[float]] = field(default_factory=dict)  # CPU of it

    @property
    def conn(self) -> Connection:
        assert self.sp is not None
        return self.sp

    def reopen(self) -> None:
        """As after a restart."""
        if self.sp is not None:
            self.sp.close()
        self.sp = self.open(self.path)

    def time(self, what: str, act: Callable[[], object]) -> None:
        began, used = time.perf_counter(), time.thread_time()
        act()
        self.used.setdefault(what, []).append(1000 * (time.thread_time() - used))
        self.took.setdefault(what, []).append(1000 * (time.perf_counter() - began))

    def quantile(self, what: str, part: float) -> float:
        return share(sorted(self.took[what]), part)


def _encrypted(path: Path) -> Connection:
    return open_database(path, KEY, migrations="space")


def _plain(path: Path) -> Connection:
    conn = connection.SQLCIPHER.connect(str(path), isolation_level=None)
    for setting in connection._SETTINGS:
        conn.execute(setting)
    conn.execute("PRAGMA journal_mode = WAL")
    migrate.apply(conn, migrate.load("space"))
    return conn


def _message(number: int, written: str) -> Any:
    return replace(text(number), text=written, lamport=number, received_at=number)


def _fill(base: Base, rows: int) -> None:
    texts = Texts()
    spent = 0.0
    for first in range(1, rows + 1, _ACT):
        records = [_message(n, texts.text()) for n in range(first, min(rows, first + _ACT - 1) + 1)]
        began = time.perf_counter()
        with transaction(base.conn):
            for record in records:
                messages.add_message(base.conn, record)
            searchindex.settle(base.conn, searchindex.MESSAGES, _ACT)
        spent += time.perf_counter() - began
    connection.checkpoint(base.conn)
    base.fill_us = 1e6 * spent / rows


def _insert(base: Base, rows: int, times: int) -> None:
    texts = Texts(11)
    for number in range(rows + 1, rows + times + 1):
        record = _message(number, texts.text())

        def act(record: Any = record) -> None:
            with transaction(base.conn):
                messages.add_message(base.conn, record)

        base.time("insert", act)
    with transaction(base.conn):
        searchindex.settle(base.conn, searchindex.MESSAGES, times + 1)


def _page(base: Base, rows: int, times: int) -> None:
    dice = random.Random(3)
    for _ in range(times):
        before = number_id(dice.randint(_PAGE + 1, rows))
        base.time("page", partial(messages.messages, base.conn, _PAGE, before))


def _search(base: Base, asked: dict[str, list[str]]) -> None:
    for kind, queries in asked.items():
        for query in queries:
            base.time(kind, partial(_find, base.conn, query))


def _find(sp: Connection, query: str) -> int:
    """All steps of one search, as the desk takes them; how much was found."""
    terms = tuple(fold(word) for word in parse(query).words)
    finder = Finder(sp, MESSAGES, Wanted(terms=terms), key="message")
    found = 0
    while not finder.done and found < _HITS:
        found += len(finder.step(sp, _HITS - found))
    return found


def _open(base: Base, times: int) -> None:
    for _ in range(times):

        def act() -> None:
            base.reopen()
            messages.messages(base.conn, _PAGE)

        base.time("open", act)


def _measure(folder: Path, rows: int, *, quick: bool) -> tuple[Base, Base]:
    both = (
        Base("SQLCipher", folder / f"{rows}.cipher.db", _encrypted),
        Base("plain SQLite", folder / f"{rows}.plain.db", _plain),
    )
    asked = Texts().queries(_sample(rows), 10 if quick else 40)
    for base in both:
        base.reopen()
        print(f"bench.vault: {rows} messages, {base.name}", flush=True)
        _fill(base, rows)
    gc.collect()
    for base in both:
        _open(base, 7)
    for base in both:
        _page(base, rows, 50 if quick else 200)
    for base in both:
        _search(base, asked)
    for base in both:
        _insert(base, rows, 50 if quick else 300)
    return both


def _sample(rows: int) -> list[str]:
    """Texts that are among the stored ones."""
    texts = Texts()
    every = [texts.text() for _ in range(min(rows, 20_000))]
    return every[:: max(1, len(every) // 500)]


def _cells(rows: int, base: Base) -> list[str]:
    searched = sorted(took for kind in KINDS for took in base.took[kind])
    size = base.path.stat().st_size / 1e6
    quantiles = [f"{base.quantile(w, p):.2f}" for w in ("insert", "page") for p in (0.5, 0.99)]
    return [
        f"{rows:,}", base.name, f"{size:.0f}", f"{base.fill_us:.0f}", *quantiles,
        f"{base.quantile('open', 0.5):.1f}",
        *(f"{share(searched, p):.1f}" for p in (0.5, 0.99)), f"{searched[-1]:.0f}",
    ]  # fmt: skip


def _report(found: dict[int, tuple[Base, Base]], screen: dict[int, float]) -> list[str]:
    head = (
        "messages", "store", "MB", "filling us each", "insert p50", "p99", "page of 200 p50", "p99",
        "open, first page p50", "search p50", "p99", "slowest",
    )  # fmt: skip
    lines = table(head, [_cells(rows, base) for rows, both in found.items() for base in both])
    largest = max(found)
    by_kind = [
        [kind, *(f"{base.quantile(kind, p):.1f}" for base in found[largest] for p in (0.5, 0.99))]
        for kind in KINDS
    ]
    lines += [f"Searches at {largest:,}, by kind; {_HITS - 1} hits and whether there are more:", ""]
    lines += table(("", "SQLCipher p50", "p99", "plain p50", "p99"), by_kind)
    for rows, seconds in screen.items():
        limit = _FLOORS["first screen, s"]
        lines.append(floor(f"open to the first screen at {rows:,} messages, s", seconds, limit))
    worst = share(sorted(t for kind in KINDS for t in found[largest][0].took[kind]), 0.99)
    lines.append(floor("search p99, ms", worst, _FLOORS["search p99, ms"]))
    busy = sorted(t for kind in KINDS for t in found[largest][0].used[kind])
    lines.append(
        f"- search, CPU of its thread: p50 {share(busy, 0.5):.1f}, p99 {share(busy, 0.99):.1f} ms"
    )
    return lines


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(prog="bench.vault", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--folder", type=Path, help="where the databases are made; default: TMPDIR")
    parser.add_argument("--no-record", action="store_true", help="print only")
    asked = parser.parse_args()
    sizes: Sequence[int] = (1_000, 10_000) if asked.quick else (10_000, 100_000, 1_000_000)
    folder = Path(tempfile.mkdtemp(prefix="vault-", dir=asked.folder))
    try:
        found = {rows: _measure(folder, rows, quick=asked.quick) for rows in sizes}
        screen = {
            rows: vaultscreen.first_screen(folder, both[0].path) for rows, both in found.items()
        }
        lines = [*heading("Vault", f"load at the end {os.getloadavg()[0]:.1f}"), "All in ms.", ""]
        lines += _report(found, screen)
        lines += vaultscreen.ranges(folder, quick=asked.quick, limit=_FLOORS["64 KiB p99, ms"])
        publish([*lines, ""], record=not asked.no_record)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
