"""A person's devices: signed by the user key, hash-chained, never going back.

Signatures are checked in `crypto.devicelist`, how lists follow each other here: the same rules for
clients and store. Spec: docs/protocol/20-identities.md §6.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol import codec
from protocol.errors import ForgedError, KeySubstitutedError, LogRollbackError
from protocol.limits import MAX_DEVICES_PER_USER, MAX_REVOKED
from protocol.membership import record_hash
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
    revoked: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=MAX_REVOKED)]


def check_successor(older: DeviceList, newer: DeviceList) -> None:
    """Check that `newer` follows `older` directly: same person and key, next number, chained.

    Raises:
        KeySubstitutedError: signed by another user key.
        LogRollbackError: not newer.
        ForgedError: does not chain, forgets a revocation, drops a device without revoking it, or
            swaps the keys of a kept one.
    """
    if newer.user != older.user or newer.user_key != older.user_key:
        raise KeySubstitutedError("A newer device list has another user key.")
    if newer.seq <= older.seq:
        raise LogRollbackError("A device list never goes back.")
    if newer.seq != older.seq + 1 or newer.prev != record_hash(codec.encode(older)):
        raise ForgedError("A device list does not follow the last one.")
    kept = {entry.device: entry for entry in older.devices}
    for entry in newer.devices:
        if entry.device in kept and entry != kept[entry.device]:
            raise ForgedError("A device list exchanges the keys of a device.")
        if entry.device not in kept and entry.added_seq != newer.seq:
            raise ForgedError("A device list back-dates a device.")
    if not set(older.revoked) <= set(newer.revoked):
        raise ForgedError("A device list forgets a revocation.")
    if not kept.keys() - {entry.device for entry in newer.devices} <= set(newer.revoked):
        raise ForgedError("A device list drops a device without revoking it.")
