"""The signed description of one exhibit. Names, types and true size stand only here.

Spec: docs/protocol/50-files.md §50.6. Travels in a `Signed` by the uploader's device, inside a
message; the store never sees it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.limits import (
    MAX_EXHIBIT_CHARS,
    MAX_FACT_CHARS,
    MAX_FACTS,
    MAX_FILE_BYTES,
    MAX_NAME_CHARS,
    MAX_PARTS,
)
from protocol.records import Bytes16, Bytes24, Bytes32, Counter, Record, UnixTime, Version

FactName = Annotated[str, msgspec.Meta(max_length=40)]
FactValue = Annotated[str, msgspec.Meta(max_length=MAX_FACT_CHARS)]


class Manifest(Record, tag="manifest", frozen=True):
    """What was sealed: `size` true bytes padded to `padded`, in `parts` parts.

    `facts` says what the exhibit is; which facts there are, and what is refused: `protocol.facts`.
    """

    version: Version
    file: Bytes16
    space: Bytes16
    suite: Annotated[int, msgspec.Meta(ge=1, le=1)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_CHARS)]
    mime: Annotated[str, msgspec.Meta(max_length=127)]
    exhibit: Annotated[str, msgspec.Meta(max_length=MAX_EXHIBIT_CHARS)]
    facts: Annotated[tuple[tuple[FactName, FactValue], ...], msgspec.Meta(max_length=MAX_FACTS)]
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_FILE_BYTES)]
    padded: Annotated[int, msgspec.Meta(ge=0, le=2 * MAX_FILE_BYTES)]
    parts: Annotated[int, msgspec.Meta(ge=1, le=MAX_PARTS)]
    salt: Bytes24
    commitment: Bytes32
    root: Bytes32
    sha256: Bytes32
    log_seq: Counter
    log_head: Bytes32
    claimed_at: UnixTime
