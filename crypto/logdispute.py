"""Checking, with nothing but the file, that a store signed two heads that contradict each other.

Spec: docs/protocol/72-access-log.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass

from crypto import checkpoint
from crypto.checkpoint import Checkpoint
from protocol import codec
from protocol.errors import RefusedError
from protocol.forks import MAX_PROOF_BYTES, LogDispute


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Two heads that the store with this 32-byte key signed; the shorter log first.

    `proven`: of one size with two roots. Otherwise only the store can show that the longer one
    continues the shorter, and it did not.
    """

    store: bytes
    first: Checkpoint
    second: Checkpoint
    proven: bool


def check(data: bytes) -> Dispute:
    """Verify both signatures, and that the heads are not the same.

    It does not prove whose the key is: compare it with an invitation to the store.

    Raises:
        MalformedError: not such a file. ForgedError: a note that this key did not sign.
        RefusedError: both notes say the same.
    """
    read = codec.decode(LogDispute, data, limit=MAX_PROOF_BYTES)
    heads = [checkpoint.verify(note, read.store) for note in (read.first, read.second)]
    first, second = sorted(heads, key=lambda one: one.size)
    if first == second:
        raise RefusedError("Both heads of the access log say the same: this proves nothing.")
    return Dispute(store=read.store, first=first, second=second, proven=first.size == second.size)
