"""Signed receipts: what a device says it did with a message, an exhibit or a space.

Spec: docs/protocol/60-receipts.md. `Receipt` travels end to end between members, except `WIPED`,
which carries ids only and goes through the store; `DownloadProof` is the store's evidence for
erasing (R21.1) and names neither plaintext hash nor content.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from protocol.records import Bytes16, Bytes32, Counter, Record, UnixTime, Version


class ReceiptKind(Enum):
    """What happened."""

    DELIVERED = "delivered"
    VERIFIED = "downloaded-verified"
    EXPORTED = "exported"
    REFUSED = "refused"
    WIPED = "wiped"


class Receipt(Record, tag="receipt", frozen=True):
    """One statement of one device, chained to its previous one by `prev` (record_hash).

    `subject` is the body digest of a message, the record_hash of a manifest, or the head of the
    membership log for `WIPED`; `message` names the message id (zeros for `WIPED`). `remaining`
    names in words what a wipe could not reach.
    """

    version: Version
    kind: ReceiptKind
    space: Bytes16
    message: Bytes16
    subject: Bytes32
    sha256: Bytes32 | None
    device: Bytes16
    device_seq: Counter
    prev: Bytes32
    log_seq: Counter
    log_head: Bytes32
    remaining: Annotated[str, msgspec.Meta(max_length=500)]
    claimed_at: UnixTime
    nonce: Bytes16


class DownloadProof(Record, tag="download-proof", frozen=True):
    """A recipient device has the whole ciphertext with this root and verified the content."""

    version: Version
    space: Bytes16
    file: Bytes16
    root: Bytes32
    device: Bytes16
    claimed_at: UnixTime


class StoreReceipt(Record, tag="store-receipt", frozen=True):
    """The store holds `subject` (a message's body digest or a file's root) under `item`.

    Signed by the store's pinned Ed25519 key inside a `StoreSigned`.
    """

    version: Version
    space: Bytes16
    item: Bytes16
    subject: Bytes32
    stored_at: UnixTime


class Login(Record, tag="login", frozen=True):
    """What a device signs to sign in: the store's nonce and the certificate it saw (SHA-256)."""

    version: Version
    device: Bytes16
    nonce: Bytes32
    certificate: Bytes32


class Withdrawal(Record, tag="withdrawal", frozen=True):
    """The uploader withdraws a file before everyone has it."""

    version: Version
    space: Bytes16
    file: Bytes16
    device: Bytes16
    claimed_at: UnixTime
