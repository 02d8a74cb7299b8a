"""Proofs that two logs exist where one should: what travels as a file, to anybody.

Spec: docs/protocol/41-membership.md §4, 72-access-log.md §8.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from protocol.accesslog import MAX_CHECKPOINT_CHARS
from protocol.limits import KIB, MAX_DEVICE_LIST_BYTES, MAX_LOG_ENTRY_BYTES
from protocol.records import Bytes16, Bytes32, Counter, Record, Version

MAX_PROOF_BYTES: Final = 128 * KIB


class Statement(Record, tag="statement", frozen=True):
    """One side of a fork: what a device signed about the log, and the list that names the device.

    `signed` is a `Signed` of a `Genesis`, an `Entry` or a `Receipt`; `devices` a `Signed` of the
    `DeviceList` of `user`.
    """

    version: Version
    user: Bytes16
    devices: Annotated[bytes, msgspec.Meta(max_length=MAX_DEVICE_LIST_BYTES)]
    signed: Annotated[bytes, msgspec.Meta(max_length=MAX_LOG_ENTRY_BYTES)]


class ForkProof(Record, tag="fork", frozen=True):
    """Two statements that cannot both be true: of one space, different heads after entry `seq`."""

    version: Version
    space: Bytes16
    seq: Counter
    first: Statement
    second: Statement


SignedNote = Annotated[str, msgspec.Meta(max_length=MAX_CHECKPOINT_CHARS)]


class LogDispute(Record, tag="log-dispute", frozen=True):
    """Two heads of one store's access log, signed by the store's Ed25519 key `store`."""

    version: Version
    store: Bytes32
    first: SignedNote
    second: SignedNote
