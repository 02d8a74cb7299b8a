"""The table of docs/protocol/90-checks.md §1, made from `wounds.json`.

`python -m tests.mutants.page` writes it; `tests/docs/test_attacks.py` holds that it is current.
"""

from __future__ import annotations

import json
from typing import Final

from tests.docs.generated import Part
from tests.mutants.run import ROOT

PAGE: Final = ROOT / "docs/protocol/90-checks.md"
BEGIN: Final = "<!-- made by python -m tests.mutants.page -->\n"
END: Final = "<!-- end -->\n"
_PART: Final = Part(PAGE, BEGIN, END)
_KINDS: Final = {"member": "bad member", "device": "lost device", "operator": "operator"}


def table() -> str:
    """One row for each check, by the attack it stands against."""
    wounds = json.loads((ROOT / "tests/mutants/wounds.json").read_text("utf-8"))
    rows = ["| against | check | where | test that misses it |", "|---|---|---|---|"]
    for one in sorted(wounds, key=lambda w: (len(w["attack"]), w["attack"])):
        against = _KINDS.get(one["attack"], one["attack"])
        rows.append(f"| {against} | {one['name']} | `{one['path']}` | `{one['test']}` |")
    return "\n".join(rows) + "\n"


def page(text: str) -> str:
    """The page with its table made anew."""
    return _PART.remade(text, table())


if __name__ == "__main__":
    _PART.write(table())
