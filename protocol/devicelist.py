"""A person's devices: signed by the user key, hash-chained, never going back.

Spec: docs/protocol/20-identities.md. Signature and chain are checked in `crypto.devicelist`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.limits import MAX_DEVICES_PER_USER
from protocol.records import Bytes16, Bytes32, Counter, Record, SigningPublic, Version


class DeviceEntry(Record, tag="device", frozen=True):
    """One device: its signing key, its X25519 identity key, the list that added it."""

    version: Version
    device: Bytes16
    signing: SigningPublic
    identity: Bytes32
    added_seq: Counter


class DeviceList(Record, tag="device-list", frozen=True):
    """All devices of one user at one sequence number; signed by the user signing key in it."""

    version: Version
    user: Bytes16
    seq: Counter
    prev: Bytes32
    user_key: SigningPublic
    devices: Annotated[tuple[DeviceEntry, ...], msgspec.Meta(max_length=MAX_DEVICES_PER_USER)]
    revoked: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=64)]
