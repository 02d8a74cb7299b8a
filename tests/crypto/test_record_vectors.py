"""Every record: its frozen bytes, and the page from which somebody else would write it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from protocol import codec
from protocol.membership import record_hash
from tests.crypto import second, second_records
from tests.support.records import as_page, kinds, plain

PATH = Path(__file__).parent.parent / "vectors" / "records.json"
VECTORS: list[dict[str, Any]] = json.loads(PATH.read_text())
NAMES = [f"{one['record']}-{number}" for number, one in enumerate(VECTORS)]


def _of(vector: dict[str, Any]) -> dict[str, Any]:
    return {"record": vector["record"], "fields": vector["fields"]}


def test_every_record_has_vectors_and_stands_on_the_page() -> None:
    hint = "run `python -m tests.vectors.make_records`, and write the record into 11-records.md"

    assert {one["record"] for one in VECTORS} == set(kinds()), hint
    assert set(second_records.layouts()) == set(kinds()), hint


@pytest.mark.parametrize("label", sorted(kinds()))
def test_the_page_says_what_the_code_accepts(label: str) -> None:
    page = second_records.PAGE.read_text()

    assert "\n".join(as_page(kinds()[label])) + "\n\n" in page + "\n\n"


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_ours_reads_and_writes_the_frozen_bytes(vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["bytes"])
    record = codec.decode(kinds()[vector["record"]], data, limit=len(data))

    assert plain(record) == _of(vector)
    assert codec.encode(record) == data
    assert record_hash(data).hex() == vector["hash"]


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_the_second_implementation_writes_the_same_bytes_from_the_page(
    vector: dict[str, Any],
) -> None:
    data = second_records.encode(_of(vector))

    assert data.hex() == vector["bytes"]
    assert second.record_hash(data).hex() == vector["hash"]


def test_the_page_refuses_what_lies_outside_of_it() -> None:
    fits = second_records.fits

    assert fits("bytes 16", {"hex": "00" * 16})
    assert not fits("bytes 16", {"hex": "00" * 15})
    assert not fits("text 1..2", "")
    assert not fits("int 0..2^37", 2**37 + 1)
    assert not fits("one of a, b", "c")
    assert not fits("record a, b", {"record": "c", "fields": {}})
    assert not fits("up to 1 of bool", [True, True])
    assert not fits("bool", None)
    assert fits("bool or nil", None)
