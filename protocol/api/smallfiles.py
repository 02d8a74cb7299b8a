"""Several files of one part each in one request: whole, as parts, or as proofs; all or none.

Spec: docs/protocol/50-files.md §50.11.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.api.accounts import Message
from protocol.limits import MAX_DEVICES_PER_SPACE, MAX_TOGETHER, MAX_TOGETHER_BYTES
from protocol.records import Bytes16, Bytes32, RecordBytes

SmallPart = Annotated[bytes, msgspec.Meta(min_length=1, max_length=MAX_TOGETHER_BYTES)]


class SmallFile(Message, frozen=True, kw_only=True):
    """One file: what is announced of it, its only sealed part, and the root over its leaf."""

    file: Bytes16
    recipients: Annotated[
        tuple[Bytes16, ...], msgspec.Meta(min_length=1, max_length=MAX_DEVICES_PER_SPACE)
    ]
    part: SmallPart
    root: Bytes32


class StoreSmallRequest(Message, frozen=True, kw_only=True):
    """POST small-files; each is idempotent by `file`."""

    files: Annotated[tuple[SmallFile, ...], msgspec.Meta(min_length=1, max_length=MAX_TOGETHER)]


class StoreSmallReply(Message, frozen=True, kw_only=True):
    """A `StoreSigned` StoreReceipt for each file, in the order of the request."""

    receipts: Annotated[tuple[RecordBytes, ...], msgspec.Meta(max_length=MAX_TOGETHER)]


class FetchSmallRequest(Message, frozen=True, kw_only=True):
    """POST small-files/parts: which files."""

    files: Annotated[tuple[Bytes16, ...], msgspec.Meta(min_length=1, max_length=MAX_TOGETHER)]


class FetchSmallReply(Message, frozen=True, kw_only=True):
    """The only part of each file, in the order of the request."""

    parts: Annotated[tuple[SmallPart, ...], msgspec.Meta(max_length=MAX_TOGETHER)]


class ProveSmallRequest(Message, frozen=True, kw_only=True):
    """POST small-files/verified: a `Signed` DownloadProof for each file."""

    proofs: Annotated[tuple[RecordBytes, ...], msgspec.Meta(min_length=1, max_length=MAX_TOGETHER)]
