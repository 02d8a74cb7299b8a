"""What the store's access log consists of, and what makes an export of it whole.

A row becomes a leaf of the log's Merkle tree: SHA-256(0x00 || encoded `AccessRow`). It holds opaque
ids and codes, never a name, never content (R25.2). Spec: docs/protocol/72-access-log.md.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from protocol.records import Bytes32, Counter, Record, UnixTime, Version

MAX_CODE_CHARS: Final = 40
MAX_CHECKPOINT_CHARS: Final = 400
SEAL_BYTES: Final = 32

OptionalId = Annotated[bytes, msgspec.Meta(max_length=16)]
"""16 bytes, or none: a stranger, the store itself, no space."""
Code = Annotated[str, msgspec.Meta(max_length=MAX_CODE_CHARS)]
RowSeal = Annotated[bytes, msgspec.Meta(max_length=SEAL_BYTES)]


class AccessRow(Record, tag="access-row", frozen=True):
    """One access or operation (R25.1, R25.2).

    `at` is date, time and zone (RFC 3339, UTC, microseconds). `number` counts the rows of one
    space (or of none) without a gap, so that a missing one shows. `seal` is 16 random bytes, which
    keep the leaf of a row whose content is gone from being guessed, and 16 bytes of a tag by which
    the store knows rows of its own; it is empty in rows from before the tree.
    """

    version: Version
    number: Counter
    at: Code
    user: OptionalId
    device: OptionalId
    operation: Code
    space: OptionalId
    subject: OptionalId
    result: Code
    seal: RowSeal


class LogSeal(Record, tag="log-seal", frozen=True):
    """The end of an exported log: what the store says of all bytes before it.

    `digest` is SHA-256 of the file up to this line, `rows` how many rows are in it.
    """

    version: Version
    digest: Bytes32
    rows: Counter
    sealed_at: UnixTime
