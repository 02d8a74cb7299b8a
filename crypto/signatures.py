"""Hybrid signatures over records: Ed25519 and ML-DSA-65, both halves or nothing.

Ed25519 is made and checked by PyNaCl alone: two libraries disagree about edge cases, and evidence
must not depend on which one looked. Imported by the store, therefore free of every other key.
Spec: docs/protocol/10-encoding.md §3, §4.
"""

from __future__ import annotations

import hmac
import struct
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import nacl.exceptions
import nacl.signing
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from protocol import codec
from protocol.errors import ForgedError, MalformedError
from protocol.limits import MAX_RECORD_BYTES
from protocol.prekeys import OneTimeKem
from protocol.records import VERSION, Record, Signed, SigningPublic, StoreSigned

if TYPE_CHECKING:
    # Only the name: the store reads this module and must not be able to reach further.
    from crypto.entropy import Entropy

R = TypeVar("R", bound=Record)

SEED_BYTES: Final = 32
SIGNING_KEY_BYTES: Final = 2 * SEED_BYTES
_PREFIX: Final = b"jitc/v1/sig/"
_FIELD_PRIME: Final = 2**255 - 19
_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_LOW_ORDER_Y: Final = frozenset({0, 1, _FIELD_PRIME - 1, _ORDER_8, _FIELD_PRIME - _ORDER_8})


class _Secret:
    """Shared manners of secret keys: they show nothing and are never pickled."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<redacted>)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")


class SigningKey(_Secret):
    """The secret half of a hybrid signing key: a user's (USK) or a device's (DSK)."""

    __slots__ = ("_ed", "_mldsa", "_public", "_seeds")

    def __init__(self, seeds: bytes) -> None:
        if len(seeds) != SIGNING_KEY_BYTES:
            raise MalformedError("A signing key is 64 bytes.")
        self._seeds = bytearray(seeds)
        self._ed = nacl.signing.SigningKey(seeds[:SEED_BYTES])
        self._mldsa = MLDSA65PrivateKey.from_seed_bytes(seeds[SEED_BYTES:])
        self._public = SigningPublic(
            version=VERSION,
            ed=bytes(self._ed.verify_key),
            mldsa=self._mldsa.public_key().public_bytes_raw(),
        )

    @classmethod
    def generate(cls, entropy: Entropy) -> SigningKey:
        """A new key from 64 random bytes."""
        return cls(entropy.token(SIGNING_KEY_BYTES))

    @classmethod
    def load(cls, data: bytes) -> SigningKey:
        """Read a dumped key: Ed25519 seed (32 B) || ML-DSA-65 seed (32 B).

        Raises:
            MalformedError: not 64 bytes.
        """
        return cls(data)

    def dump(self) -> bytes:
        """The 64 secret bytes; the only way out of this object."""
        return bytes(self._seeds)

    @property
    def public(self) -> SigningPublic:
        """The half that others see."""
        return self._public

    def ed_half(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature of a `signature_input`; half a signature only."""
        return self._ed.sign(message).signature

    def mldsa_half(self, message: bytes) -> bytes:
        """The 3309-byte ML-DSA-65 signature of a `signature_input`; half a signature only."""
        return self._mldsa.sign(message)


class StoreKey(_Secret):
    """The Ed25519 key with which a store signs its receipts; its public half is in invitations."""

    __slots__ = ("_ed",)

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise MalformedError("A store key is 32 bytes.")
        self._ed = nacl.signing.SigningKey(seed)

    @classmethod
    def generate(cls, entropy: Entropy) -> StoreKey:
        """A new key from 32 random bytes."""
        return cls(entropy.token(SEED_BYTES))

    @classmethod
    def load(cls, data: bytes) -> StoreKey:
        """Read a dumped 32-byte seed.

        Raises:
            MalformedError: not 32 bytes.
        """
        return cls(data)

    def dump(self) -> bytes:
        """The 32 secret bytes; the only way out of this object."""
        return bytes(self._ed)

    @property
    def public(self) -> bytes:
        """The 32-byte Ed25519 public key."""
        return bytes(self._ed.verify_key)

    def ed_sign(self, message: bytes) -> bytes:
        """The 64-byte signature of a `signature_input`."""
        return self._ed.sign(message).signature


def signature_input(record: type[Record], body: bytes) -> bytes:
    """What is signed: `jitc/v1/sig/` tag 0x00 u32(len) body (docs/protocol/10-encoding.md §3).

    The tag is the one the reader expects, so bytes signed as one type never verify as another.
    """
    tag = record.__struct_config__.tag
    if not isinstance(tag, str):
        raise TypeError("a record without a type label cannot be signed")
    return _PREFIX + tag.encode() + b"\x00" + struct.pack(">I", len(body)) + body


def check_public(public: SigningPublic) -> None:
    """Refuse a key under which one signature would fit many messages.

    Raises:
        MalformedError: the Ed25519 half is not in canonical form or of low order.
    """
    _check_ed(public.ed)


def sign(key: SigningKey, signer: bytes, record: Record) -> bytes:
    """Encode and sign a record with both halves.

    Args:
        key: the device's (or for device lists the user's) signing key.
        signer: its 16-byte id, stated for the reader's convenience.
        record: any record that has a type label.

    Returns:
        An encoded `Signed`.
    """
    body = codec.encode(record)
    message = signature_input(type(record), body)
    signed = Signed(
        version=VERSION,
        signer=signer,
        body=body,
        ed=key.ed_half(message),
        mldsa=key.mldsa_half(message),
    )
    return codec.encode(signed)


def verify(
    data: bytes,
    public: SigningPublic,
    kind: type[R],
    *,
    signer: bytes | None = None,
    limit: int = MAX_RECORD_BYTES,
) -> R:
    """Check both signatures over the received bytes, then decode them as `kind`.

    Args:
        data: an encoded `Signed` of at most `limit` bytes.
        public: the key, taken from the roster or a device list, never from `data`.
        kind: the record type expected.
        signer: when given, the id that `data` must state.
        limit: longest acceptable `data` in bytes.

    Raises:
        ForgedError: a half does not verify, the key is unfit, or another signer is stated.
        MalformedError: not a `Signed`, or its body is not a canonical `kind`.
    """
    signed = parse(data, limit=limit)
    if signer is not None and not hmac.compare_digest(signed.signer, signer):
        raise ForgedError("A record states another signer than expected.")
    message = signature_input(kind, signed.body)
    _verify_ed(public.ed, message, signed.ed)
    try:
        MLDSA65PublicKey.from_public_bytes(public.mldsa).verify(signed.mldsa, message)
    except (InvalidSignature, ValueError) as error:
        raise ForgedError("The ML-DSA-65 half of a signature does not verify.") from error
    return codec.decode(kind, signed.body, limit=limit)


def parse(data: bytes, *, limit: int = MAX_RECORD_BYTES) -> Signed:
    """Read a `Signed` WITHOUT verifying it: only to learn whose key to verify with.

    Raises:
        MalformedError: not a canonical `Signed` of at most `limit` bytes.
    """
    return codec.decode(Signed, data, limit=limit)


def peek(data: bytes, kind: type[R], *, limit: int = MAX_RECORD_BYTES) -> R:
    """Decode the body of a `Signed` WITHOUT verifying it.

    For finding the right key or an order before `verify`, never for a decision.

    Raises:
        MalformedError: not a canonical `Signed` of a canonical `kind`.
    """
    return codec.decode(kind, parse(data, limit=limit).body, limit=limit)


def sign_once(key: SigningKey, record: OneTimeKem) -> bytes:
    """Sign a one-time KEM key with the Ed25519 half only; 64 bytes (ADR-0008)."""
    message = signature_input(type(record), codec.encode(record))
    return key.ed_half(message)


def verify_once(signature: bytes, public: SigningPublic, record: OneTimeKem) -> None:
    """Check the Ed25519 signature of a one-time KEM key.

    Raises:
        ForgedError: it does not verify, or the key is unfit.
    """
    _verify_ed(public.ed, signature_input(type(record), codec.encode(record)), signature)


def sign_store(key: StoreKey, record: Record) -> bytes:
    """Encode and sign a record as the store; an encoded `StoreSigned`."""
    body = codec.encode(record)
    signature = key.ed_sign(signature_input(type(record), body))
    return codec.encode(StoreSigned(version=VERSION, body=body, ed=signature))


def verify_store(data: bytes, public: bytes, kind: type[R], *, limit: int = MAX_RECORD_BYTES) -> R:
    """Check what a store signed under its pinned 32-byte key, then decode it as `kind`.

    Raises:
        ForgedError: the signature does not verify, or the key is unfit.
        MalformedError: not a `StoreSigned`, or its body is not a canonical `kind`.
    """
    signed = codec.decode(StoreSigned, data, limit=limit)
    _verify_ed(public, signature_input(kind, signed.body), signed.ed)
    return codec.decode(kind, signed.body, limit=limit)


def verify_text(public: bytes, text: bytes, signature: bytes) -> None:
    """Check what a store's key signed as a note of plain text (`crypto.checkpoint`).

    Raises:
        ForgedError: the signature does not verify, or the key is unfit.
    """
    _verify_ed(public, text, signature)


def _check_ed(public: bytes) -> None:
    """Canonical and not of low order; whether it is a curve point shows when verifying."""
    if len(public) != SEED_BYTES:
        raise MalformedError("An Ed25519 public key is 32 bytes.")
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _FIELD_PRIME or y in _LOW_ORDER_Y:
        raise MalformedError("An Ed25519 public key is not canonical or of low order.")


def _verify_ed(public: bytes, message: bytes, signature: bytes) -> None:
    try:
        _check_ed(public)
        nacl.signing.VerifyKey(public).verify(message, signature)
    except (MalformedError, nacl.exceptions.CryptoError, ValueError) as error:
        raise ForgedError("The Ed25519 half of a signature does not verify.") from error
