"""A second, independent implementation of the primitives and the handshake, from the specification.

It shares no code with `crypto`: HKDF, X25519 and ML-KEM from `cryptography`, XChaCha20-Poly1305
from HChaCha20 in Python and the IETF construction. It is the judge of the frozen vectors; it is
slow, and not safe for anything else.
"""

from __future__ import annotations

import hashlib
import struct

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

_HASHES = {"sha256": SHA256, "sha512": SHA512}


def hkdf(salt: bytes, ikm: bytes, info: bytes, length: int, digest: str = "sha512") -> bytes:
    """RFC 5869, by `cryptography`."""
    return HKDF(_HASHES[digest](), length, salt, info).derive(ikm)


def hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 §2.3 with SHA-512, by `cryptography`."""
    return HKDFExpand(SHA512(), length, info).derive(key)


def x25519(secret: bytes, public: bytes) -> bytes:
    """RFC 7748."""
    key = X25519PrivateKey.from_private_bytes(secret)
    return key.exchange(X25519PublicKey.from_public_bytes(public))


def public_of(secret: bytes) -> bytes:
    """The public half of an X25519 secret."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _rotate(value: int, count: int) -> int:
    return (value << count | value >> (32 - count)) & 0xFFFFFFFF


def _quarter(s: list[int], a: int, b: int, c: int, d: int) -> None:
    for (x, y, z), count in (
        ((a, b, d), 16), ((c, d, b), 12), ((a, b, d), 8), ((c, d, b), 7),
    ):  # fmt: skip
        s[x] = (s[x] + s[y]) & 0xFFFFFFFF
        s[z] = _rotate(s[z] ^ s[x], count)


def hchacha20(key: bytes, nonce: bytes) -> bytes:
    """draft-irtf-cfrg-xchacha §2.2."""
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    for _ in range(10):
        for column in range(4):
            _quarter(s, column, 4 + column, 8 + column, 12 + column)
        _quarter(s, 0, 5, 10, 15)
        _quarter(s, 1, 6, 11, 12)
        _quarter(s, 2, 7, 8, 13)
        _quarter(s, 3, 4, 9, 14)
    return struct.pack("<8I", *s[:4], *s[12:])


def xchacha_open(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Nonce in front; raises `InvalidTag`."""
    nonce = sealed[:24]
    inner = ChaCha20Poly1305(hchacha20(key, nonce[:16]))
    return inner.decrypt(bytes(4) + nonce[16:], sealed[24:], associated)


def xchacha_seal(key: bytes, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
    """Nonce in front."""
    inner = ChaCha20Poly1305(hchacha20(key, nonce[:16]))
    return nonce + inner.encrypt(bytes(4) + nonce[16:], plain, associated)


def record_hash(data: bytes) -> bytes:
    """BLAKE2b-256, person jitc1record."""
    return hashlib.blake2b(data, digest_size=32, person=b"jitc1record").digest()


def signing_public(ed: bytes, mldsa: bytes) -> bytes:
    """A `sign-pub` record by hand: array of 4, label, version 1, bin8, bin16."""
    label = b"sign-pub"
    return (
        b"\x94" + bytes([0xA0 | len(label)]) + label + b"\x01"
        + b"\xc4\x20" + ed + b"\xc5" + struct.pack(">H", len(mldsa)) + mldsa
    )  # fmt: skip


def transcript(fields: dict[str, bytes]) -> bytes:
    """T of docs/protocol/20-identities.md §7, from the named fields in their order."""
    order = (
        "space user_a device_a user_b device_b dsk_a_hash dik_a dsk_b_hash dik_b "
        "spk_id spk opk_id opk kem_id kem ephemeral ciphertext"
    )
    joined = b"".join(fields[name] for name in order.split())
    return hashlib.sha512(b"jitc/v1/pqxdh/T\x00" + joined).digest()


def handshake_keys(agreed: list[bytes], secret: bytes, binding: bytes) -> bytes:
    """RK || HKa || NHKb, 96 bytes."""
    ikm = b"\xff" * 32 + b"".join(agreed) + secret
    return hkdf(bytes(64), ikm, b"jitc/v1/pqxdh\x00" + binding, 96)


def decapsulate(seed: bytes, ciphertext: bytes) -> bytes:
    """ML-KEM-768 by `cryptography` directly."""
    return MLKEM768PrivateKey.from_seed_bytes(seed).decapsulate(ciphertext)


def kem_public(seed: bytes) -> bytes:
    """The encapsulation key of a seed."""
    return MLKEM768PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()
