"""`make model`: every property and every broken variant, a table at the end (QUICK=1: seconds).

`--record` writes the table into docs/protocol/92-model.md. The exit status is 1 when a search says
something else than expected.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from tests.model import maude
from tests.model.checks import CHECKS, Check, Expected

PAGE: Final = Path(__file__).parents[2] / "docs" / "protocol" / "92-model.md"
_BEGIN, _END = "<!-- results -->\n", "<!-- end of results -->\n"
_MAX_SECONDS: Final = 1_800.0


def main() -> int:
    """Run the searches one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what every test run does")
    parser.add_argument("--record", action="store_true", help="write the table into the docs")
    parser.add_argument("--model", default="", help="only this one")
    given = parser.parse_args()
    chosen = [c for c in CHECKS if (c.quick or not given.quick) and c.model.startswith(given.model)]
    rows, wrong = [], 0
    for check in chosen:
        answer = maude.search(check, timeout=_MAX_SECONDS)
        wrong += answer.found is not check.expected
        rows.append(_row(check, answer))
        print(rows[-1], flush=True)
        if answer.found is not check.expected:
            print(answer.printed, flush=True)
    head = "| model | property | variant | search says | states | rewrites | s |"
    table = "\n".join([head, "|---|---|---|---|---|---|---|", *rows, ""])
    if given.record:
        text = PAGE.read_text(encoding="utf-8")
        before, rest = text.split(_BEGIN)
        PAGE.write_text(before + _BEGIN + table + _END + rest.split(_END)[1], encoding="utf-8")
    print(f"{len(rows)} searches, {wrong} not as expected.")
    return 1 if wrong else 0


def _row(check: Check, answer: maude.Answer) -> str:
    said = {Expected.NONE: "holds", Expected.FOUND: "attack found"}[answer.found]
    if answer.found is not check.expected:
        said = f"**{said}, not expected**"
    cells = (
        check.model,
        check.law,
        check.variant or "-",
        said,
        f"{answer.states:,}",
        f"{answer.rewrites:,}",
        f"{answer.seconds:.1f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
