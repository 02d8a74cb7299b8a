"""What every measurement of the store is told and how it is written down."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much is measured, and on what. `seconds` and `clients`: None for the part's own."""

    quick: bool = False
    postgresql: bool = False
    clients: int | None = None
    seconds: float | None = None

    @property
    def kind(self) -> str:
        """Where the store under measurement keeps facts and parts."""
        return "PostgreSQL, S3" if self.postgresql else "SQLite, folder"


def heading(title: str, *about: str) -> list[str]:
    """The line a section of RESULTS.md begins with: when, and on what machine."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return [f"## {title}, {', '.join([when, *about, machine])}", ""]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown, and the empty line after it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def publish(lines: Sequence[str], *, record: bool = True) -> None:
    """Print, and append to RESULTS.md."""
    text = "\n".join(lines).rstrip("\n") + "\n"
    print(text, flush=True)
    if record:
        with RESULTS.open("a", encoding="utf-8") as out:
            out.write(text + "\n")


def share(values: Sequence[float], part: float) -> float:
    """A quantile of sorted values."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def floor(what: str, value: float, limit: float, *, least: bool = False) -> str:
    """One floor of the project against what was measured."""
    holds = value >= limit if least else value <= limit
    sign = "at least" if least else "at most"
    return f"- {what}: {value:.2f}; floor: {sign} {limit:g}: {'holds' if holds else 'MISSED'}"


def timed(work: Callable[[], object], times: int) -> list[float]:
    """How long each of several calls took, in ms."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return took


def fsync_ms(folder: Path, times: int = 200) -> float:
    """The median of appending 4 KiB and waiting for the disk: a durable answer costs this alone."""
    path = folder / "fsync"
    with path.open("wb", buffering=0) as out:

        def flush() -> None:
            out.write(bytes(4096))
            os.fsync(out.fileno())

        took = timed(flush, times)
    path.unlink()
    return statistics.median(took)
