"""Limits stand beside the databases, whole or not at all; nothing in them can stop a transfer."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstore import limits
from localstore.limits import MAX_RATE, Limits


def test_what_was_saved_is_read_and_seen_to_have_changed(tmp_path: Path) -> None:
    assert limits.load(tmp_path) == Limits()
    before = limits.stamp(tmp_path)

    limits.save(tmp_path, Limits(up=1_000_000))

    assert limits.load(tmp_path) == Limits(up=1_000_000, down=0)
    assert limits.stamp(tmp_path) != before
    assert [path.name for path in tmp_path.iterdir()] == ["limits"]


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b"", Limits()),
        (b"up -5\ndown x\n", Limits()),
        (b"\xff\xfe\x00", Limits()),
        (b"up 7\nsideways 9\ndown 8", Limits(7, 8)),
        ("up ٣٤٥\n".encode(), Limits()),
        (b"up " + b"9" * 190, Limits(MAX_RATE)),
        (b"up 5\n" * 10_000, Limits(5)),
    ],
)
def test_what_cannot_be_read_bounds_nothing(tmp_path: Path, data: bytes, read: Limits) -> None:
    (tmp_path / "limits").write_bytes(data)

    assert limits.load(tmp_path) == read
