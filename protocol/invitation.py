"""The invitation an operator hands to a person, out of band, as one line of text.

It pins the store: address, SHA-256 of its certificate and its receipt-signing key. It opens one
enrolment once and carries no key of any space. Spec: docs/protocol/20-identities.md §1.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from protocol import textline
from protocol.errors import BadInputError, InvitationError
from protocol.records import Bytes16, Bytes32, Record, Version

PREFIX: Final = textline.INVITE


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
    return textline.to_line(PREFIX, invitation)


def from_text(text: str) -> Invitation:
    """Read an invitation.

    Raises:
        InvitationError: not an invitation, cut short, or altered.
    """
    try:
        return textline.from_line(Invitation, PREFIX, text)
    except BadInputError as error:
        raise InvitationError(error.sentence) from error
