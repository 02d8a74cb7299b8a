"""Makes `records.json`: for every record what it says and its bytes, least and fullest.

Run by hand where a record is added or changes: `python -m tests.vectors.make_records`; the values
follow from the types, so that unchanged records keep their bytes. It also writes the fields of
records that have a place in docs/protocol/11-records.md, and says which have none.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from protocol import codec
from protocol.membership import record_hash
from tests.crypto.second_records import PAGE
from tests.support.records import as_page, kinds, plain, samples

PATH: Final = Path(__file__).with_name("records.json")


def make() -> list[dict[str, Any]]:
    """Every record in every variant."""
    made = []
    for kind in kinds().values():
        for record in samples(kind):
            data = codec.encode(record)
            made.append({**plain(record), "bytes": data.hex(), "hash": record_hash(data).hex()})
    return sorted(made, key=lambda one: (one["record"], one["bytes"]))


def page(text: str) -> str:
    """The page with the fields as they are now."""
    for label, kind in kinds().items():
        place = re.compile(rf"^    {label}\n(?: {{8}}.*\n)*", re.MULTILINE)
        rows = "\n".join(as_page(kind)) + "\n"
        if not place.search(text):
            print(f"11-records.md has no place for:\n{rows}")
        text = place.sub(rows.replace("\\", r"\\"), text, count=1)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in make())
    PATH.write_text(f"[\n{lines}\n]\n")
