"""What a carrier is told always fits what it reads, and one that cannot be told spoils no other."""

from __future__ import annotations

from msgspec.structs import replace

from jitclient.carriedjobs import MAX_JOBS, MAX_LOT_BYTES, Job, Lot, fitting
from protocol import codec
from protocol.limits import MAX_FILE_BYTES

PATH = 8192
"""Bytes of the longest path that can be told."""
FULL = Job(
    version=1, space=bytes(16), file=bytes(16), file_key=bytes(32), salt=bytes(24),
    size=MAX_FILE_BYTES, source=b"p" * PATH, source_stat="9" * 512, spool_key=bytes(32),
    recipients=tuple(number.to_bytes(16) for number in range(500)),
)  # fmt: skip


def lot(jobs: list[Job]) -> Lot:
    """With the longest of everything else."""
    return Lot(
        version=1, profile=b"p" * PATH, store="s" * 512, certificate=bytes(32), token="t" * 512,
        jobs=tuple(jobs), fetches=(),
    )  # fmt: skip


def test_a_lot_of_the_longest_jobs_can_be_read_and_no_further_one_would_fit() -> None:
    wanted = [FULL] * MAX_JOBS
    assert len(codec.encode(lot(wanted))) > MAX_LOT_BYTES, "all of them fit: nothing is tested"

    found = [one for one in fitting(wanted) if isinstance(one, Job)]

    told = lot(found)
    assert codec.decode(Lot, codec.encode(told), limit=MAX_LOT_BYTES) == told
    assert len(codec.encode(lot([*found, FULL, FULL]))) > MAX_LOT_BYTES


def test_never_more_than_a_lot_has_places() -> None:
    short = replace(FULL, source=b"p", recipients=())

    assert len(fitting([short] * (MAX_JOBS + 1))) == MAX_JOBS


def test_one_that_is_beyond_all_bounds_stays_and_the_others_go() -> None:
    short = replace(FULL, source=b"p")
    endless = replace(short, source=b"p" * (PATH + 1))
    crowded = replace(short, recipients=(*FULL.recipients, bytes(16)))

    assert fitting([endless, short, crowded, short]) == [short, short]
