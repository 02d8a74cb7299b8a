"""Key derivation: HKDF-SHA-512 with a label in every `info`, so that no two purposes meet.

From the standard library's HMAC: an object of `cryptography` for every call costs more than the
derivation, and every message derives keys. Spec: docs/protocol/10-encoding.md §5.
"""

from __future__ import annotations

import hmac
from typing import Final

_HASH: Final = "sha512"
_BLOCK_BYTES: Final = 64


def hkdf(salt: bytes, ikm: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """HKDF-SHA-512 (RFC 5869) with info = label || 0x00 || context.

    Args:
        salt: public or secret extraction salt.
        ikm: input key material.
        label: the purpose, without a zero byte.
        context: fixed-length fields, so that two contexts cannot be read alike.
        length: bytes wanted, at most 16 320.
    """
    return hkdf_expand(hmac.digest(salt, ikm, _HASH), label, context, length)


def hkdf_expand(key: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """HKDF-Expand-SHA-512 alone, for a `key` that is uniformly random already (RFC 5869 §3.3)."""
    info = label + b"\x00" + context
    block = out = hmac.digest(key, info + b"\x01", _HASH)
    for counter in range(2, -(-length // _BLOCK_BYTES) + 1):
        block = hmac.digest(key, block + info + bytes([counter]), _HASH)
        out += block
    return out[:length]
