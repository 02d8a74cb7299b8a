"""What a store says of its TLS certificates, so that a renewed one locks nobody out.

Signed with the store's long-term key inside a `StoreSigned`. Spec: docs/protocol/74-certificate.md.
"""

from __future__ import annotations

from typing import Final

from protocol.records import Bytes32, Counter, Record, UnixTime, Version

MAX_STATEMENT_BYTES: Final = 512
MAX_STATEMENTS: Final = 4


class StoreCertificate(Record, tag="store-certificate", frozen=True):
    """Of the store with this Ed25519 key, this certificate (SHA-256 of its DER) is the `number`th.

    Of two statements the higher number is the newer; numbers have gaps. Valid from `not_before` to
    `not_after`, both included.
    """

    version: Version
    store: Bytes32
    number: Counter
    certificate: Bytes32
    not_before: UnixTime
    not_after: UnixTime
