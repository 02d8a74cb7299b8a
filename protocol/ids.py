"""Identifiers: 16 random or derived bytes, shown to people as 32 lower-case hex digits.

Users, devices, messages, envelopes and files are random; a space is named by its genesis
(`membership.space_id`) and a mailbox by its space and device (`mailbox_id`).
"""

from __future__ import annotations

import hashlib
from typing import Final, NewType

from protocol.errors import BadInputError

ID_BYTES: Final = 16

UserId = NewType("UserId", bytes)
DeviceId = NewType("DeviceId", bytes)
SpaceId = NewType("SpaceId", bytes)
MailboxId = NewType("MailboxId", bytes)
EnvelopeId = NewType("EnvelopeId", bytes)
MessageId = NewType("MessageId", bytes)
FileId = NewType("FileId", bytes)


def parse_id(text: str) -> bytes:
    """Read 32 hex digits as 16 bytes.

    Raises:
        BadInputError: anything else.
    """
    raw = from_hex(text, ID_BYTES)
    if raw is None:
        raise BadInputError("An id is 32 hexadecimal digits.")
    return raw


def from_hex(text: str, size: int) -> bytes | None:
    """The `size` bytes that `text` spells in hex, without spaces; None for anything else."""
    if len(text) != 2 * size:
        return None
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    return raw if len(raw) == size else None


def mailbox_id(space: SpaceId, device: DeviceId) -> MailboxId:
    """Name the queue of one device in one space: BLAKE2b-128(space || device).

    Everyone with the roster can compute it; it differs in every space, so envelopes of two
    spaces cannot be linked by their addresses alone. Spec: docs/protocol/40-messages.md.
    """
    digest = hashlib.blake2b(space + device, digest_size=ID_BYTES, person=b"jitc1mailbox")
    return MailboxId(digest.digest())
