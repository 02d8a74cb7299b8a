"""What a device publishes so that others can start a session while it is away.

Spec: docs/protocol/20-identities.md §3.
"""

from __future__ import annotations

from protocol.records import Bytes16, Bytes32, Counter, KemPublic, Record, UnixTime, Version


class SignedPrekeys(Record, tag="prekeys", frozen=True):
    """The medium-term X25519 prekey and the last-resort ML-KEM-768 key of one device.

    Travels in a `Signed` by the device's signing key (both halves).
    """

    version: Version
    device: Bytes16
    spk_id: Counter
    spk: Bytes32
    kem_id: Counter
    kem: KemPublic
    created: UnixTime
    expires: UnixTime


class OneTimeKem(Record, tag="kem-once", frozen=True):
    """A one-time ML-KEM-768 key; signed with the Ed25519 half only (ADR-0008)."""

    version: Version
    device: Bytes16
    kem_id: Counter
    kem: KemPublic
