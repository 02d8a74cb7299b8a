"""The access log as members see it: checkpoints, proofs, and the rows about oneself."""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.accesslog import MAX_CHECKPOINT_CHARS
from protocol.api.accounts import Message
from protocol.limits import MAX_LOG_ROWS, MAX_PROOF_HASHES
from protocol.records import Bytes32, Counter

CheckpointText = Annotated[str, msgspec.Meta(max_length=MAX_CHECKPOINT_CHARS)]
ProofPath = Annotated[tuple[Bytes32, ...], msgspec.Meta(max_length=MAX_PROOF_HASHES)]
RowBytes = Annotated[bytes, msgspec.Meta(max_length=512)]


class CheckpointReply(Message, frozen=True, kw_only=True):
    """GET /access-log/checkpoint: a signed note, see `crypto.checkpoint`."""

    checkpoint: CheckpointText


class ConsistencyReply(Message, frozen=True, kw_only=True):
    """GET /access-log/consistency?from=A&to=B: that the tree of A leaves begins that of B."""

    path: ProofPath


class ProvenRow(Message, frozen=True, kw_only=True):
    """One encoded `AccessRow`, its leaf, and the path to the root of the tree asked for."""

    leaf: Counter
    row: RowBytes
    path: ProofPath


class OwnRowsReply(Message, frozen=True, kw_only=True):
    """GET /access-log/rows?from=A&to=B: the caller's rows from leaf A on, in the tree of B."""

    rows: Annotated[tuple[ProvenRow, ...], msgspec.Meta(max_length=MAX_LOG_ROWS)]
