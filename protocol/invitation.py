"""The invitation an operator hands to a person, out of band, as one line of text.

It pins the store: address, SHA-256 of its certificate and its receipt-signing key. It opens one
enrolment once and carries no key of any space. Spec: docs/protocol/20-identities.md §1.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Final

import msgspec

from protocol import codec
from protocol.errors import InvitationError, MalformedError
from protocol.records import Bytes16, Bytes32, Record, Version

PREFIX: Final = "jit-invite:"
_CHECK_BYTES: Final = 6
_MAX_CHARS: Final = 600


class Invitation(Record, tag="invitation", frozen=True):
    """Where the store is, how to know it, and a one-time code."""

    version: Version
    address: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    certificate: Bytes32
    store_key: Bytes32
    user: Bytes16
    code: Bytes16

    def __repr__(self) -> str:
        return f"Invitation({self.address}, <redacted>)"


def to_text(invitation: Invitation) -> str:
    """One line: prefix, base64url of record and checksum."""
    body = codec.encode(invitation)
    return PREFIX + base64.urlsafe_b64encode(body + _check(body)).decode().rstrip("=")


def from_text(text: str) -> Invitation:
    """Read an invitation.

    Raises:
        InvitationError: not an invitation, cut short, or altered.
    """
    line = "".join(text.split())
    if not line.startswith(PREFIX) or len(line) > _MAX_CHARS:
        raise InvitationError("This is not an invitation. It begins with “jit-invite:”.")
    packed = line[len(PREFIX) :]
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvitationError(_ALTERED) from error
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if len(raw) <= _CHECK_BYTES or check != _check(body):
        raise InvitationError(_ALTERED)
    try:
        return codec.decode(Invitation, body)
    except MalformedError as error:
        raise InvitationError(_ALTERED) from error


_ALTERED: Final = (
    "The invitation is incomplete or was altered. Ask for it again and copy all of it."
)


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK_BYTES, person=b"jitc1invite").digest()
