"""The root of a person's keys: 32 random bytes from which the user key follows.

Whoever holds the root is the person: it is what a recovery sheet carries as words and what a
device hands to another one of the same person. Everything drawn from it has a label of its own.
Spec: docs/protocol/80-vault.md.
"""

from __future__ import annotations

from typing import Final

from crypto import signatures
from crypto.entropy import Entropy, draw
from crypto.kdf import hkdf
from crypto.signatures import SIGNING_KEY_BYTES, SigningKey
from protocol.errors import BugError
from protocol.records import VERSION
from protocol.recovery import RecoveryProof

ROOT_BYTES: Final = 32
_USER_KEY: Final = b"jitc/v1/root/user-key"


def new_root(entropy: Entropy) -> bytes:
    """A person's root, drawn once at enrolment; 32 bytes."""
    return draw(entropy, ROOT_BYTES)


def user_key(root: bytes) -> SigningKey:
    """The user key (USK) of a root.

    Its seeds are HKDF-SHA-512(salt = "", ikm = root, info = "jitc/v1/root/user-key" || 0x00),
    64 bytes: Ed25519 seed (32 B) || ML-DSA-65 seed (32 B).

    Raises:
        BugError: the root is not 32 bytes.
    """
    return SigningKey.load(_below(root, _USER_KEY, SIGNING_KEY_BYTES))


def prove(root: bytes, user: bytes, nonce: bytes, certificate: bytes, subject: bytes) -> bytes:
    """A proof for the store that one holds the user key; an encoded `Signed` RecoveryProof.

    Args:
        root: the person's, 32 bytes.
        user: her id, 16 bytes.
        nonce: the store's, 32 bytes.
        certificate: SHA-256 of the store's certificate, as it was seen.
        subject: 32 zero bytes to ask for one's list, or the `record_hash` of the one handed in.
    """
    proof = RecoveryProof(
        version=VERSION, user=user, nonce=nonce, certificate=certificate, subject=subject
    )
    return signatures.sign(user_key(root), user, proof)


def _below(root: bytes, label: bytes, length: int) -> bytes:
    if len(root) != ROOT_BYTES:
        raise BugError("A person's root is 32 bytes.")
    return hkdf(b"", root, label, b"", length)
