"""XChaCha20-Poly1305 called directly: the bytes of two others, and no length believed."""

from __future__ import annotations

from collections.abc import Callable

import nacl.bindings
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import aead, sealing
from protocol.errors import BugError, ForgedError
from tests.crypto import second
from tests.support.entropy import Seeded

KEY, NONCE = b"k" * 32, b"n" * 24


@given(plain=st.binary(max_size=400), associated=st.binary(max_size=80), seed=st.binary())
def test_ours_equals_the_wrapper_and_the_second(
    plain: bytes, associated: bytes, seed: bytes
) -> None:
    key, nonce = Seeded(seed).token(32), Seeded(seed + b"n").token(24)
    sealed = aead.encrypt(key, nonce, plain, associated)

    wrapped = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt
    assert sealed == wrapped(plain, associated, nonce, key)
    assert nonce + sealed == second.xchacha_seal(key, nonce, plain, associated)
    assert aead.decrypt(key, nonce, sealed, associated) == plain


@pytest.mark.parametrize("act", [aead.encrypt, aead.decrypt])
@pytest.mark.parametrize("key", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_is_our_mistake(
    act: Callable[[bytes, bytes, bytes, bytes], bytes], key: bytes
) -> None:
    with pytest.raises(BugError):
        act(key, NONCE, bytes(40), b"")


@pytest.mark.parametrize("act", [aead.encrypt, aead.decrypt])
@pytest.mark.parametrize("nonce", [b"", b"n" * 23, b"n" * 25])
def test_a_nonce_of_another_length_is_our_mistake(
    act: Callable[[bytes, bytes, bytes, bytes], bytes], nonce: bytes
) -> None:
    with pytest.raises(BugError):
        act(KEY, nonce, bytes(40), b"")


@pytest.mark.parametrize("size", range(17))
def test_what_is_too_short_for_a_tag_is_refused_before_it_is_read(size: int) -> None:
    with pytest.raises(ForgedError):
        aead.decrypt(KEY, NONCE, bytes(size), b"")
    with pytest.raises(ForgedError):
        sealing.open_sealed(KEY, bytes(24 + size), b"")


@given(place=st.integers(0, 72), flip=st.integers(1, 255))
def test_one_flipped_byte_anywhere_is_refused(place: int, flip: int) -> None:
    sealed = aead.encrypt(KEY, NONCE, b"x", b"")
    altered = bytearray(KEY + NONCE + sealed)
    altered[place] ^= flip
    whole = bytes(altered)

    with pytest.raises(ForgedError):
        aead.decrypt(whole[:32], whole[32:56], whole[56:], b"")
    with pytest.raises(ForgedError):
        aead.decrypt(KEY, NONCE, sealed, bytes([flip]))
