"""A message to a space: its body sealed once, its key handed to each device by the ratchet.

Spec: docs/protocol/40-messages.md §2, §3, §5.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from crypto import ratchet, sealing
from crypto.entropy import Entropy, draw
from protocol.envelope import KeyMsg
from protocol.errors import ForgedError
from protocol.ids import DeviceId, MessageId, SpaceId
from protocol.limits import BODY_BUCKETS, MAX_SEALED_BODY_BYTES

CONTENT_KEY_BYTES: Final = 32
MAX_NOTE_BYTES: Final = 2007
_COMMITMENT_BYTES: Final = 32
_BODY_LABEL: Final = b"jitc/v1/body"
_NOTE_LABEL: Final = b"jitc/v1/note\x00"
_KEY_MSG_BUCKETS: Final = (192,)
_NOTE_BUCKETS: Final = (192, 512, 1024, MAX_NOTE_BYTES + 1)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SealedBody:
    """A sealed message body, stored once, and what each recipient's `KeyMsg` says about it."""

    body: bytes
    content_key: bytes  # 32 B, fresh for this message
    digest: bytes  # body_digest of `body`, 32 B


def seal_body(space: SpaceId, message: MessageId, body: bytes, entropy: Entropy) -> SealedBody:
    """Seal a body under a fresh key: commitment (32 B) || nonce (24 B) || ciphertext.

    Raises:
        LimitExceededError: `body` is 64 KiB or longer; such content goes as an exhibit.
    """
    padded = sealing.pad(body, BODY_BUCKETS)
    content_key = draw(entropy, CONTENT_KEY_BYTES)
    commitment = _commitment(space, message, content_key)
    associated = _BODY_LABEL + space + message + commitment
    sealed = commitment + sealing.seal(content_key, padded, associated, entropy)
    return SealedBody(body=sealed, content_key=content_key, digest=body_digest(sealed))


def open_body(
    space: SpaceId, message: MessageId, sealed: bytes, content_key: bytes, digest: bytes
) -> bytes:
    """Open a body that has exactly this digest, with a key it commits to.

    So everybody who accepts a message holds the same ciphertext and reads the same words in it.

    Raises:
        ForgedError: another body than the sender named, another key, or altered bytes.
    """
    if len(sealed) > MAX_SEALED_BODY_BYTES or not hmac.compare_digest(body_digest(sealed), digest):
        raise ForgedError("The store served another body than the sender named.")
    commitment, rest = sealed[:_COMMITMENT_BYTES], sealed[_COMMITMENT_BYTES:]
    if not hmac.compare_digest(commitment, _commitment(space, message, content_key)):
        raise ForgedError("A message body was sealed with another key than this one.")
    associated = _BODY_LABEL + space + message + commitment
    return sealing.unpad(sealing.open_sealed(content_key, rest, associated), BODY_BUCKETS)


def body_digest(sealed: bytes) -> bytes:
    """BLAKE2b-256 of a sealed body (person jitc1body)."""
    return hashlib.blake2b(sealed, digest_size=32, person=b"jitc1body").digest()


def seal_key(
    session: ratchet.Session, key_msg: KeyMsg, entropy: Entropy, *, now: int
) -> ratchet.Sealed:
    """Seal a key message for one device, padded to 192 bytes; the lengths are in 30-ratchet.md §3.

    Raises:
        BugError: a field does not have its length, or the session cannot seal yet.
    """
    padded = sealing.pad(key_msg.pack(), _KEY_MSG_BUCKETS)
    return ratchet.seal(session, padded, entropy, now=now)


def open_key(session: ratchet.Session, body: bytes, *, now: int) -> tuple[ratchet.Session, KeyMsg]:
    """Open a key message; the author is the device at the other end of `session`.

    Raises:
        RefusedError: as `ratchet.open_message`; ForgedError or MalformedError for its content.
    """
    opened = ratchet.open_message(session, body, now=now)
    return opened.session, KeyMsg.unpack(sealing.unpad(opened.payload, _KEY_MSG_BUCKETS))


def chain_head(previous: bytes, message: MessageId, digest: bytes) -> bytes:
    """The head of a sending device's chain after one message; 32 bytes (person jitc1chain).

    Args:
        previous: the head before, 32 bytes; zeros before the first message.
        message: its id.
        digest: its body digest, 32 bytes.
    """
    joined = previous + message + digest
    return hashlib.blake2b(joined, digest_size=32, person=b"jitc1chain").digest()


def seen_mark(message: MessageId, device: DeviceId, digest: bytes) -> bytes:
    """What a device states of a message that it has; 32 bytes (person jitc1seen).

    Args:
        message: its id.
        device: of its author.
        digest: its body digest, 32 bytes.
    """
    joined = message + device + digest
    return hashlib.blake2b(joined, digest_size=32, person=b"jitc1seen").digest()


def seal_note(key: bytes, context: bytes, text: bytes, entropy: Entropy) -> bytes:
    """Seal a space card or the note of a log entry, at most MAX_NOTE_BYTES, under the card key.

    Args:
        key: the space's card key, 32 bytes.
        context: `b"card"`, or `b"note" || space || seq8`; a note opens in its place only.
        text: the bytes to seal.
        entropy: for the nonce.

    Raises:
        LimitExceededError: `text` is too long.
    """
    return sealing.seal(key, sealing.pad(text, _NOTE_BUCKETS), _NOTE_LABEL + context, entropy)


def open_note(key: bytes, context: bytes, sealed: bytes) -> bytes:
    """Open what `seal_note` sealed with this key for this context.

    Raises:
        ForgedError: another key or place, or altered bytes.
    """
    return sealing.unpad(sealing.open_sealed(key, sealed, _NOTE_LABEL + context), _NOTE_BUCKETS)


def _commitment(space: SpaceId, message: MessageId, content_key: bytes) -> bytes:
    """Binds the key to the message: one ciphertext opens under one key only."""
    return hashlib.blake2b(
        space + message, digest_size=32, key=content_key, person=b"jitc1bodycommit"
    ).digest()
