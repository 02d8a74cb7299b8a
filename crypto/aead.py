"""XChaCha20-Poly1305 from the libsodium inside PyNaCl, called without PyNaCl's wrapper.

The wrapper words five error messages in every call, before it knows whether one is needed; with
two calls to a message that was a third of the ratchet's time (ADR-0017). What it checked, is
checked here: the C function believes every length. Nothing else in the product calls `_sodium`.
"""

from __future__ import annotations

from typing import Final

from nacl._sodium import ffi, lib

from protocol.errors import BugError, ForgedError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 24
TAG_BYTES: Final = 16
_BYTES: Final = "unsigned char[]"
_new = ffi.new
_view = ffi.buffer
_NULL: Final = ffi.NULL
_encrypt = lib.crypto_aead_xchacha20poly1305_ietf_encrypt
_decrypt = lib.crypto_aead_xchacha20poly1305_ietf_decrypt


def encrypt(key: bytes, nonce: bytes, plain: bytes, associated: bytes) -> bytes:
    """Ciphertext and tag (16 B) of `plain` under a 32-byte key and a 24-byte nonce.

    Raises:
        BugError: a key or nonce of another length.
    """
    _check(key, nonce)
    size = len(plain)
    out = _new(_BYTES, size + TAG_BYTES)
    _encrypt(out, _NULL, plain, size, associated, len(associated), _NULL, nonce, key)
    return bytes(_view(out))


def decrypt(key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
    """The plaintext of a ciphertext with its tag.

    Raises:
        ForgedError: anything was altered or is too short, or the key is another one.
        BugError: a key or nonce of another length.
    """
    _check(key, nonce)
    size = len(sealed)
    if size < TAG_BYTES:
        raise ForgedError("A sealed item is cut short.")
    out = _new(_BYTES, size - TAG_BYTES)
    if _decrypt(out, _NULL, _NULL, sealed, size, associated, len(associated), nonce, key):
        raise ForgedError("A sealed item does not open: altered, or not for this key.")
    return bytes(_view(out))


def _check(key: bytes, nonce: bytes) -> None:
    if len(key) != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise BugError("A sealing key is 32 bytes, and a nonce 24.")
