"""The list of keys of docs/USER_GUIDE.md, made from the table that binds them.

`python -m tests.docs.keys` writes it; `tests/docs/test_keys.py` holds that it is current.
"""

from __future__ import annotations

from typing import Final

from tests.architecture.tree import ROOT
from tests.docs.generated import Part
from ui.shortcuts import groups

PAGE: Final = ROOT / "docs/USER_GUIDE.md"
BEGIN: Final = "<!-- made by python -m tests.docs.keys -->\n"
END: Final = "<!-- end of the keys -->\n"
_PART: Final = Part(PAGE, BEGIN, END)


def table() -> str:
    """One row for each key, by where it works."""
    rows = ["| where | key | does |", "|---|---|---|"]
    for group, keys in groups():
        for one in keys:
            also = "" if one.twin in ("", one.label) else f", `{one.twin}`"
            rows.append(f"| {group} | `{one.label}`{also} | {one.words} |")
    return "\n".join(rows) + "\n"


def page(text: str) -> str:
    """The page with its table made anew."""
    return _PART.remade(text, table())


if __name__ == "__main__":
    _PART.write(table())
