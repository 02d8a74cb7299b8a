"""Agreement keys: what they refuse, what they hide, and the published answers."""

from __future__ import annotations

import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from crypto import keys
from crypto.entropy import SYSTEM, draw
from crypto.keys import IdentityKey, KemKey
from protocol.errors import BugError, MalformedError
from tests.support.answers import known_answers
from tests.support.entropy import Seeded

P = 2**255 - 19
KEY = IdentityKey.generate(Seeded(1))
KEM = KemKey.generate(Seeded(2))


@given(mine=st.binary(min_size=32, max_size=32), theirs=st.binary(min_size=32, max_size=32))
def test_agreement_equals_the_other_library(mine: bytes, theirs: bytes) -> None:
    other = X25519PrivateKey.from_private_bytes(theirs)
    public = other.public_key().public_bytes_raw()
    own = IdentityKey.load(mine)

    assert own.agree(public) == other.exchange(X25519PublicKey.from_public_bytes(own.public))


def test_agreement_gives_the_published_known_answers() -> None:
    cases = known_answers("X25519", "rfc7748.txt", first="COUNT")

    for case in cases:
        if case["INPUT_U"][31] & 0x80:  # not canonical: refused, see below
            continue
        assert IdentityKey.load(case["INPUT_SCALAR"]).agree(case["INPUT_U"]) == case["OUTPUT_U"]
    assert len(cases) == 3


def _low_order() -> list[int]:
    """u of the points of order 1, 2, 4 and 8 of curve and twist, from their equations."""
    # order 4: u = +-1. order 8: doubling gives u = 1, that is (u^2-1)^2 = 4u(u^2+Au+1).
    a = 486662
    found = {0, 1, P - 1}
    # (u^2-1)^2 - 4u(u^2+Au+1) = 0 with v = u + 1/u: v^2 - 4v - 4(A+1) = 0
    root = _sqrt((16 + 16 * (a + 1)) % P)
    for sign in (1, -1):
        v = (4 + sign * root) * pow(2, -1, P) % P
        inner = (v * v - 4) % P
        if pow(inner, (P - 1) // 2, P) in (0, 1):
            half = _sqrt(inner)
            found |= {(v + half) * pow(2, -1, P) % P, (v - half) * pow(2, -1, P) % P}
    return sorted(found)


def _sqrt(square: int) -> int:
    root = pow(square, (P + 3) // 8, P)
    if (root * root - square) % P:
        root = root * pow(2, (P - 1) // 4, P) % P
    assert (root * root - square) % P == 0
    return root


def test_every_low_order_or_non_canonical_x25519_key_is_refused() -> None:
    low = _low_order()
    assert len(low) == 5
    bad = [u.to_bytes(32, "little") for u in low]
    bad += [u.to_bytes(32, "little") for u in range(P, 2**255)]
    bad += [(9 | 1 << 255).to_bytes(32, "little")]

    for public in bad:
        with pytest.raises(MalformedError):
            keys.check_agreement_public(public)
        with pytest.raises(MalformedError):
            KEY.agree(public)


def test_libsodium_refuses_low_order_points_too_should_our_own_check_ever_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "check_agreement_public", lambda _: None)

    for u in _low_order():
        with pytest.raises(MalformedError, match="low order"):
            KEY.agree(u.to_bytes(32, "little"))


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64, 1184])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(MalformedError):
        KEY.agree(b"\x09" * size)
    with pytest.raises(MalformedError):
        IdentityKey.load(b"\x09" * size)
    if size != 64:
        with pytest.raises(MalformedError):
            KemKey.load(b"\x09" * size)


@pytest.mark.parametrize("public", [b"", KEY.public, bytes(1183), b"\xff" * 1184, bytes(1568)])
def test_a_kem_key_of_another_kind_is_refused(public: bytes) -> None:
    with pytest.raises(MalformedError):
        keys.encapsulate(public)


@pytest.mark.parametrize("size", [0, 32, 1087, 1089])
def test_a_kem_ciphertext_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(MalformedError):
        KEM.decapsulate(bytes(size))


def test_both_ends_of_a_kem_share_a_secret_of_its_own() -> None:
    secret, ciphertext = keys.encapsulate(KEM.public)
    again, _ = keys.encapsulate(KEM.public)

    assert (len(secret), len(ciphertext)) == (32, 1088)
    assert KEM.decapsulate(ciphertext) == secret != again
    assert KemKey.load(KEM.dump()).decapsulate(ciphertext) == secret


def test_ml_kem_768_gives_the_published_known_answers() -> None:
    cases = known_answers("MLKEM", "kat_MLKEM_768.rsp", first="count")

    for case in cases[:30]:
        key = KemKey.load(case["d"] + case["z"])
        assert key.public == case["pk"]
        assert key.decapsulate(case["ct"]) == case["ss"]
        assert key.decapsulate(case["ct_n"]) == case["ss_n"]
    assert len(cases) > 30


@pytest.mark.parametrize("secret", [KEY, KEM])
def test_an_agreement_key_shows_nothing_and_is_never_pickled(secret: IdentityKey | KemKey) -> None:
    assert f"{secret!r}" == f"{type(secret).__name__}(<redacted>)" == f"{secret}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_source_that_returns_too_little_is_noticed() -> None:
    class Short:
        def token(self, size: int) -> bytes:
            return bytes(size - 1)

    with pytest.raises(BugError):
        draw(Short(), 24)
    assert draw(SYSTEM, 24) != draw(SYSTEM, 24)
