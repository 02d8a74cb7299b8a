"""The central store under load, in parts; each against a peer or a limit of the same run.

    python -m bench.store                       every part, one after the other
    python -m bench.store --only crowd          one part; may be given several times
    python -m bench.store --only crowd --postgresql
    python -m bench.store --quick               seconds instead of minutes: proves that it works

The store is `jitstore serve` in its own process (TLS 1.3 on loopback), the clients are other
processes on the same cores: what it can do alone is more. Every part appends to bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench import crowd, matrix, memory, parts, rows
from bench.reporting import Options, publish
from bench.stores import say

PARTS: dict[str, Callable[[Options], list[str]]] = {
    "crowd": crowd.measure,
    "parts": parts.measure,
    "memory": memory.measure,
    "matrix": matrix.measure,
    "rows": rows.measure,
}


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(
        prog="bench.store", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=PARTS, metavar="NAME", help=_names())
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--postgresql", action="store_true", help="where the part knows it")
    parser.add_argument("--clients", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--no-record", action="store_true", help="print only")
    asked = parser.parse_args()
    options = Options(
        quick=asked.quick,
        postgresql=asked.postgresql,
        clients=asked.clients,
        seconds=asked.seconds,
    )
    for name in asked.only or PARTS:
        say(f"bench.store: {name}")
        publish(PARTS[name](options), record=not asked.no_record)


def _names() -> str:
    return "one of " + ", ".join(PARTS)


if __name__ == "__main__":
    main()
