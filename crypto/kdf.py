"""Key derivation: HKDF-SHA-512 with a label in every `info`, so that no two purposes meet.

Spec: docs/protocol/10-encoding.md §5.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def hkdf(salt: bytes, ikm: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """HKDF-SHA-512 with info = label || 0x00 || context.

    Args:
        salt: public or secret extraction salt.
        ikm: input key material.
        label: the purpose, without a zero byte.
        context: fixed-length fields, so that two contexts cannot be read alike.
        length: bytes wanted, at most 16 320.
    """
    info = label + b"\x00" + context
    return HKDF(algorithm=SHA512(), length=length, salt=salt, info=info).derive(ikm)
