"""The base of every record and the sized byte fields they share.

Records are whatever is signed, hashed or kept. On the wire a record is an array whose first
element is its type label and whose second is its version, so that one type can never be read
as another (docs/protocol/10-encoding.md).
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from protocol.limits import MAX_RECORD_BYTES

VERSION: Final = 1

Bytes16 = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Bytes24 = Annotated[bytes, msgspec.Meta(min_length=24, max_length=24)]
Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
KemPublic = Annotated[bytes, msgspec.Meta(min_length=1184, max_length=1184)]
KemCiphertext = Annotated[bytes, msgspec.Meta(min_length=1088, max_length=1088)]
MldsaPublic = Annotated[bytes, msgspec.Meta(min_length=1952, max_length=1952)]
MldsaSignature = Annotated[bytes, msgspec.Meta(min_length=3309, max_length=3309)]
RecordBytes = Annotated[bytes, msgspec.Meta(max_length=MAX_RECORD_BYTES)]
"""A record inside a record or a request, most often a `Signed`: read by a decoding of its own."""
Version = Annotated[int, msgspec.Meta(ge=1, le=1)]
Counter = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
UnixTime = Annotated[int, msgspec.Meta(ge=0, le=2**37)]
"""Whole seconds since 1970-01-01 UTC; a claim of its author, never used for a security decision.
Ends in the year 6325: a calendar has four digits, and a date beyond it could not be shown."""


class Record(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """Base of all records; subclasses set `tag` to their type label."""


class SigningPublic(Record, tag="sign-pub", frozen=True):
    """Public half of a hybrid signing key: Ed25519 (32 B) and ML-DSA-65 (1952 B)."""

    version: Version
    ed: Bytes32
    mldsa: MldsaPublic


class Signed(Record, tag="signed", frozen=True):
    """Exact record bytes with both halves of a hybrid signature over them.

    `signer` names the device (or the user, for a device list); which key that is, the reader
    takes from the roster, never from here. Spec: docs/protocol/10-encoding.md §3.
    """

    version: Version
    signer: Bytes16
    body: RecordBytes
    ed: Bytes64
    mldsa: MldsaSignature


class StoreSigned(Record, tag="store-signed", frozen=True):
    """Record bytes signed by the store's pinned Ed25519 key (storage receipts)."""

    version: Version
    body: RecordBytes
    ed: Bytes64
