"""XChaCha20-Poly1305 with a random nonce in front, and padding into buckets.

The nonce is random even where a key is used once: a restored backup may use it again
(docs/protocol/30-ratchet.md §6). Padding: a byte 0x80, then zeros up to the bucket.
"""

from __future__ import annotations

from typing import Final

from crypto import aead
from crypto.aead import NONCE_BYTES, TAG_BYTES
from crypto.entropy import Entropy, draw
from protocol.errors import ForgedError, LimitExceededError

OVERHEAD_BYTES: Final = NONCE_BYTES + TAG_BYTES
_MARK: Final = b"\x80"


def seal(key: bytes, plain: bytes, associated: bytes, entropy: Entropy) -> bytes:
    """Seal `plain` under a 32-byte key: nonce (24 B) || ciphertext || tag (16 B)."""
    nonce = draw(entropy, NONCE_BYTES)
    return nonce + aead.encrypt(key, nonce, plain, associated)


def open_sealed(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Open what `seal` made with the same key and the same associated bytes.

    Raises:
        ForgedError: anything was altered, or the key is another one.
    """
    if len(sealed) < OVERHEAD_BYTES:
        raise ForgedError("A sealed item is cut short.")
    return aead.decrypt(key, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)


def pad(plain: bytes, buckets: tuple[int, ...]) -> bytes:
    """Fill `plain` to the smallest bucket (bytes, ascending) with room for the mark.

    Raises:
        LimitExceededError: `plain` is not shorter than the largest bucket.
    """
    for bucket in buckets:
        if len(plain) < bucket:
            return plain + _MARK + bytes(bucket - len(plain) - 1)
    raise LimitExceededError(f"{len(plain)} bytes are too long; {buckets[-1] - 1} fit.")


def unpad(padded: bytes, buckets: tuple[int, ...]) -> bytes:
    """Undo `pad`; only its own spelling is accepted.

    Raises:
        ForgedError: not padded like that.
    """
    plain = padded.rstrip(b"\x00")
    if not plain.endswith(_MARK) or len(padded) not in buckets:
        raise ForgedError("A sealed item is padded in a way that is not ours.")
    plain = plain[:-1]
    if len(padded) != min(bucket for bucket in buckets if len(plain) < bucket):
        raise ForgedError("A sealed item is padded in a way that is not ours.")
    return plain
