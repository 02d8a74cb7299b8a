"""Agreement keys: X25519 for identities and prekeys, ML-KEM-768 for the post-quantum half.

libsodium's scalar multiplication neither checks lengths nor canonical form through PyNaCl; every
public key passes `check_agreement_public` first. Spec: docs/protocol/20-identities.md §2, §4.
"""

from __future__ import annotations

from typing import Final, NoReturn

import nacl.bindings
import nacl.exceptions
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

from crypto.entropy import Entropy, draw
from protocol.errors import MalformedError

IDENTITY_BYTES: Final = 32
KEM_SEED_BYTES: Final = 64
KEM_PUBLIC_BYTES: Final = 1184
KEM_CIPHERTEXT_BYTES: Final = 1088
_FIELD_PRIME: Final = 2**255 - 19
_LOW_ORDER_U: Final = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0,
        0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F,
    }
)


def check_agreement_public(public: bytes) -> None:
    """Refuse an X25519 public key that is not 32 canonical bytes of a point of high order.

    Raises:
        MalformedError: wrong length, top bit set, value not below 2^255-19, or low order.
    """
    if len(public) != IDENTITY_BYTES:
        raise MalformedError("An X25519 public key is 32 bytes.")
    u = int.from_bytes(public, "little")
    if u >= _FIELD_PRIME or u in _LOW_ORDER_U:
        raise MalformedError("An X25519 public key is not canonical or of low order.")


class IdentityKey:
    """An X25519 secret: a device's identity (DIK), a prekey or an ephemeral."""

    __slots__ = ("_public", "_raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != IDENTITY_BYTES:
            raise MalformedError("An X25519 key is 32 bytes.")
        self._raw = bytearray(raw)
        self._public: bytes | None = None  # made when asked for: half of all loaded keys only agree

    def __repr__(self) -> str:
        return "IdentityKey(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    @classmethod
    def generate(cls, entropy: Entropy) -> IdentityKey:
        """A new key from 32 random bytes."""
        return cls(draw(entropy, IDENTITY_BYTES))

    @classmethod
    def load(cls, data: bytes) -> IdentityKey:
        """Read a dumped key.

        Raises:
            MalformedError: not 32 bytes.
        """
        return cls(data)

    def dump(self) -> bytes:
        """The 32 secret bytes; the only way out of this object."""
        return bytes(self._raw)

    @property
    def public(self) -> bytes:
        """The 32-byte u-coordinate."""
        if self._public is None:
            self._public = nacl.bindings.crypto_scalarmult_base(bytes(self._raw))
        return self._public

    def agree(self, public: bytes) -> bytes:
        """X25519 with somebody's public key; 32 bytes, to be fed to a KDF only.

        Raises:
            MalformedError: wrong length, not canonical, or low order.
        """
        check_agreement_public(public)
        try:
            return nacl.bindings.crypto_scalarmult(bytes(self._raw), bytes(public))
        except (RuntimeError, nacl.exceptions.CryptoError) as error:
            raise MalformedError("An X25519 public key is of low order.") from error


class KemKey:
    """An ML-KEM-768 secret: last-resort or one-time prekey."""

    __slots__ = ("_key", "_public", "_seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEM_SEED_BYTES:
            raise MalformedError("An ML-KEM-768 key is a seed of 64 bytes.")
        self._seed = bytearray(seed)
        self._key = MLKEM768PrivateKey.from_seed_bytes(bytes(seed))
        self._public = self._key.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return "KemKey(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    @classmethod
    def generate(cls, entropy: Entropy) -> KemKey:
        """A new key from 64 random bytes."""
        return cls(draw(entropy, KEM_SEED_BYTES))

    @classmethod
    def load(cls, data: bytes) -> KemKey:
        """Read a dumped seed.

        Raises:
            MalformedError: not 64 bytes.
        """
        return cls(data)

    def dump(self) -> bytes:
        """The 64 secret bytes; the only way out of this object."""
        return bytes(self._seed)

    @property
    def public(self) -> bytes:
        """The 1184-byte encapsulation key."""
        return self._public

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """The 32-byte secret; for a ciphertext not made for this key a useless one (FIPS 203).

        Raises:
            MalformedError: not 1088 bytes.
        """
        if len(ciphertext) != KEM_CIPHERTEXT_BYTES:
            raise MalformedError("An ML-KEM-768 ciphertext is 1088 bytes.")
        return self._key.decapsulate(bytes(ciphertext))


def check_kem_public(public: bytes) -> MLKEM768PublicKey:
    """Read an encapsulation key, with the modulus check of FIPS 203 §7.2.

    Raises:
        MalformedError: not 1184 bytes, or a coefficient out of range.
    """
    try:
        return MLKEM768PublicKey.from_public_bytes(bytes(public))
    except ValueError as error:
        raise MalformedError("Not an ML-KEM-768 public key.") from error


def encapsulate(public: bytes) -> tuple[bytes, bytes]:
    """Make a fresh secret for an encapsulation key.

    The library draws its own randomness here; there is no way to hand it ours.

    Returns:
        The secret (32 B) and the ciphertext (1088 B), in this order.

    Raises:
        MalformedError: not a valid key.
    """
    return check_kem_public(public).encapsulate()
