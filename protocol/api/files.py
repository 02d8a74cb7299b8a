"""Files: announce, parts, completion, proofs. The store knows part counts and padded sizes only."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from protocol.api.accounts import Message
from protocol.limits import MAX_DEVICES_PER_SPACE, MAX_FILE_BYTES, MAX_PARTS
from protocol.records import Bytes16, Bytes32, Counter, RecordBytes, UnixTime


class FileState(Enum):
    """Where a file is in its short life."""

    RECEIVING = "receiving"
    COMPLETE = "complete"
    ERASED = "erased"


class EraseReason(Enum):
    """Why the store erased it (1.6 row 6)."""

    VERIFIED = "verified-by-all"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class AnnounceRequest(Message, frozen=True, kw_only=True):
    """POST files: sealed size in bytes, part count, recipients by user. Idempotent by `file`."""

    file: Bytes16
    parts: Annotated[int, msgspec.Meta(ge=1, le=MAX_PARTS)]
    sealed_bytes: Annotated[int, msgspec.Meta(ge=1, le=2 * MAX_FILE_BYTES)]
    recipients: Annotated[
        tuple[Bytes16, ...], msgspec.Meta(min_length=1, max_length=MAX_DEVICES_PER_SPACE)
    ]


class FileReply(Message, frozen=True, kw_only=True):
    """GET file: `stored` are the indexes present while receiving (empty when complete)."""

    file: Bytes16
    state: FileState
    parts: Counter
    sealed_bytes: Counter
    stored: Annotated[tuple[Counter, ...], msgspec.Meta(max_length=MAX_PARTS)]
    verified_by: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_SPACE)]
    erase_reason: EraseReason | None
    expires_at: UnixTime


class CompleteRequest(Message, frozen=True, kw_only=True):
    """POST complete: the Merkle root over the part leaves; the store recomputes it."""

    root: Bytes32


class ProofRequest(Message, frozen=True, kw_only=True):
    """POST verified: a `Signed` DownloadProof; POST withdraw: a `Signed` Withdrawal."""

    proof: RecordBytes
