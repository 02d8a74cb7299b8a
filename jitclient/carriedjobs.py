"""What the carrier is told: the transfers it goes on with, and nothing else of the profile.

Written to its standard input once and to no disk. Spec: docs/protocol/80-vault.md §80.8.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import msgspec

from protocol import codec
from protocol.errors import MalformedError
from protocol.limits import KIB, MAX_FILE_BYTES, MIB
from protocol.records import Bytes16, Bytes24, Bytes32, Record, Version

MAX_LOT_BYTES: Final = 4 * MIB
MAX_JOBS: Final = 256
_BESIDE_JOBS: Final = 16 * KIB
"""Of a lot's bytes, for its other fields."""
_Text = Annotated[str, msgspec.Meta(max_length=512)]


class Job(Record, tag="carried-job", frozen=True):
    """One upload: the key of one file, and what seals exactly the bytes that were sealed before.

    `source` is a path as the system spells it; `spool_key` is empty for a file of its own.
    """

    version: Version
    space: Bytes16
    file: Bytes16
    file_key: Bytes32
    salt: Bytes24
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_FILE_BYTES)]
    source: Annotated[bytes, msgspec.Meta(max_length=8192)]
    source_stat: _Text
    spool_key: Annotated[bytes, msgspec.Meta(max_length=32)]
    recipients: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=500)]

    def __repr__(self) -> str:
        return "Job(<redacted>)"


class Fetch(Record, tag="carried-fetch", frozen=True):
    """One download: what its signed manifest says of the ciphertext. No key: nothing is opened."""

    version: Version
    space: Bytes16
    file: Bytes16
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_FILE_BYTES)]
    root: Bytes32


class Lot(Record, tag="carried-lot", frozen=True):
    """All of it: where the store is, the session there that is left, and what moves, in order."""

    version: Version
    profile: Annotated[bytes, msgspec.Meta(max_length=8192)]
    store: _Text
    certificate: Bytes32
    token: _Text
    jobs: Annotated[tuple[Job, ...], msgspec.Meta(max_length=MAX_JOBS)]
    fetches: Annotated[tuple[Fetch, ...], msgspec.Meta(max_length=MAX_JOBS)]

    def __repr__(self) -> str:
        return "Lot(<redacted>)"


def fitting(wanted: Iterable[Job | Fetch]) -> list[Job | Fetch]:
    """As many from the front as one lot holds, in number and bytes; the others wait for the window.

    One whose path or recipients are beyond all bounds is left out: it would spoil the whole lot.
    """
    found: list[Job | Fetch] = []
    room = MAX_LOT_BYTES - _BESIDE_JOBS
    for one in wanted:
        data = codec.encode(one)
        try:
            codec.decode(type(one), data, limit=MAX_LOT_BYTES)
        except MalformedError:
            continue
        room -= len(data)
        if room < 0 or len(found) == MAX_JOBS:
            break
        found.append(one)
    return found
