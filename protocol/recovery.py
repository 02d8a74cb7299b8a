"""What a recovery sheet says besides its words, and how its owner proves herself to the store.

The words are the secret (docs/protocol/80-vault.md); the line `jit-recover:` says where they are
good and whose they are, so that a new machine finds the right store and notices wrong words.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol import textline
from protocol.records import Bytes16, Bytes32, Record, Version


class RecoveryLine(Record, tag="recovery-line", frozen=True):
    """The store (address, SHA-256 of its certificate, receipt key), the person, her user key.

    `user_key` is `key_digest` of the user key. No secret: all of it stands in invitations and
    membership logs.
    """

    version: Version
    address: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    certificate: Bytes32
    store_key: Bytes32
    user: Bytes16
    user_key: Bytes32


class RecoveryProof(Record, tag="recovery-proof", frozen=True):
    """The owner of the user key asks for her own list, or hands in its successor.

    Signed by the user key, `signer` = user. `nonce` comes from POST /challenges and is spent by
    one request; `certificate` is the SHA-256 of the one the client saw. `subject` is 32 zero bytes
    to ask, or the `record_hash` of the list handed in.
    """

    version: Version
    user: Bytes16
    nonce: Bytes32
    certificate: Bytes32
    subject: Bytes32


def to_text(line: RecoveryLine) -> str:
    """The line as it is printed on the sheet."""
    return textline.to_line(textline.RECOVER, line)


def from_text(text: str) -> RecoveryLine:
    """Read the line of a sheet.

    Raises:
        BadInputError: another kind of line, cut short, or altered.
    """
    return textline.from_line(RecoveryLine, textline.RECOVER, text)
