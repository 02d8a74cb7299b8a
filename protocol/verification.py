"""What the code beside a safety number says: who shows it, and both keys as that side knows them.

It holds no secret: public keys' fingerprints only. Whoever scans it compares both with its own.
Spec: docs/protocol/80-vault.md §80.5.
"""

from __future__ import annotations

from protocol import textline
from protocol.records import Bytes16, Bytes32, Record, Version


class VerifyCode(Record, tag="verify-code", frozen=True):
    """`shower` shows this to `reader`; both fingerprints are `crypto.fingerprint.fingerprint`."""

    version: Version
    shower: Bytes16
    shower_key: Bytes32
    reader: Bytes16
    reader_key: Bytes32


def to_text(code: VerifyCode) -> str:
    """One line, for the QR code and for pasting."""
    return textline.to_line(textline.VERIFY, code)


def from_text(text: str) -> VerifyCode:
    """Read a code.

    Raises:
        BadInputError: a line of another type, cut short, or altered.
    """
    return textline.from_line(VerifyCode, textline.VERIFY, text)
