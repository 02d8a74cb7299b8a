"""Makes `records.json`: for every record what it says and its bytes, least and fullest.

Run by hand where a record is added or changes: `python -m tests.vectors.make_records`; the values
follow from the types, so that unchanged records keep their bytes. What a person could write is in
the page docs/protocol/11-records.md, which has to change with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from protocol import codec
from protocol.membership import record_hash
from tests.support.records import kinds, plain, samples

PATH: Final = Path(__file__).with_name("records.json")


def make() -> list[dict[str, Any]]:
    """Every record in every variant."""
    made = []
    for kind in kinds().values():
        for record in samples(kind):
            data = codec.encode(record)
            made.append({**plain(record), "bytes": data.hex(), "hash": record_hash(data).hex()})
    return sorted(made, key=lambda one: (one["record"], one["bytes"]))


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in make())
    PATH.write_text(f"[\n{lines}\n]\n")
