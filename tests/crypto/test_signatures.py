"""Hybrid signatures: both halves, the exact bytes, the right type, a fit key."""

from __future__ import annotations

import copy
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto import signatures
from crypto.signatures import SigningKey, StoreKey
from protocol import codec
from protocol.errors import ForgedError, MalformedError, RefusedError
from protocol.prekeys import OneTimeKem
from protocol.receipts import DownloadProof, Login, StoreReceipt
from protocol.records import Signed, SigningPublic
from tests.support.answers import known_answers
from tests.support.entropy import Seeded

KEY = SigningKey.generate(Seeded(1))
OTHER = SigningKey.generate(Seeded(2))
DEVICE = bytes(range(16))
LOGIN = Login(version=1, device=DEVICE, nonce=bytes(32), certificate=b"c" * 32)
SIGNED = signatures.sign(KEY, DEVICE, LOGIN)
ONCE = OneTimeKem(version=1, device=DEVICE, kem_id=7, kem=b"k" * 1184)
RECEIPT = StoreReceipt(version=1, space=DEVICE, item=DEVICE, subject=b"s" * 32, stored_at=5)
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def test_what_was_signed_is_read_back() -> None:
    assert signatures.verify(SIGNED, KEY.public, Login, signer=DEVICE) == LOGIN
    assert signatures.peek(SIGNED, Login) == LOGIN
    assert signatures.parse(SIGNED).signer == DEVICE


@given(place=st.integers(0, len(SIGNED) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_refused(place: int, bit: int) -> None:
    altered = bytearray(SIGNED)
    altered[place] ^= 1 << bit

    with pytest.raises(RefusedError):
        signatures.verify(bytes(altered), KEY.public, Login, signer=DEVICE)


@pytest.mark.parametrize("half", ["ed", "mldsa"])
def test_i30_one_half_of_a_signature_is_not_enough(half: str) -> None:
    mine = signatures.parse(SIGNED)
    forged = signatures.parse(signatures.sign(OTHER, DEVICE, LOGIN))
    mixed = replace(mine, ed=forged.ed) if half == "ed" else replace(mine, mldsa=forged.mldsa)

    with pytest.raises(ForgedError):
        signatures.verify(codec.encode(mixed), KEY.public, Login)


@pytest.mark.parametrize("half", ["ed", "mldsa"])
def test_one_half_of_a_key_is_not_enough(half: str) -> None:
    ours, theirs = KEY.public, OTHER.public
    mixed = replace(ours, ed=theirs.ed) if half == "ed" else replace(ours, mldsa=theirs.mldsa)

    with pytest.raises(ForgedError):
        signatures.verify(SIGNED, mixed, Login)


def test_a_signature_over_one_type_is_none_over_another_of_the_same_bytes() -> None:
    login_input = signatures.signature_input(Login, b"same")
    proof_input = signatures.signature_input(DownloadProof, b"same")

    assert login_input == b"jitc/v1/sig/login\x00\x00\x00\x00\x04same"
    assert login_input != proof_input
    with pytest.raises(RefusedError):
        signatures.verify(SIGNED, KEY.public, DownloadProof)


def test_a_stated_signer_must_be_the_expected_one() -> None:
    with pytest.raises(ForgedError):
        signatures.verify(SIGNED, KEY.public, Login, signer=b"x" * 16)


def test_a_body_in_a_second_spelling_is_refused_even_if_signed() -> None:
    body = codec.encode(LOGIN)
    longer = bytes([0xDC, 0, body[0] & 0x0F]) + body[1:]  # array16 instead of fixarray
    message = signatures.signature_input(Login, longer)
    signed = Signed(
        version=1,
        signer=DEVICE,
        body=longer,
        ed=KEY.ed_half(message),
        mldsa=KEY.mldsa_half(message),
    )

    with pytest.raises(MalformedError):
        signatures.verify(codec.encode(signed), KEY.public, Login)


def _order_8_points() -> list[int]:
    """All y of points of order dividing 8, as multiples of curve points by the prime order."""
    found = {0, 1, P - 1}
    for candidate in range(1, 4000):
        point = _decompress(candidate)
        if point is None:
            continue
        small = _multiply(point, 2**252 + 27742317777372353535851937790883648493)
        found.add(small[1])
        if len(found) == 5:
            break
    return sorted(found)


def _decompress(y: int) -> tuple[int, int] | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else (x, y)


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P) % P
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P
    return x, y


def _multiply(point: tuple[int, int], scalar: int) -> tuple[int, int]:
    total = (0, 1)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def test_every_low_order_or_non_canonical_ed25519_key_is_refused() -> None:
    low = _order_8_points()
    assert len(low) == 5
    spellings = [y | sign << 255 for y in low for sign in (0, 1)]
    spellings += [y | sign << 255 for y in range(P, 2**255) for sign in (0, 1)]

    for spelling in spellings:
        weak = SigningPublic(version=1, ed=spelling.to_bytes(32, "little"), mldsa=KEY.public.mldsa)
        with pytest.raises(MalformedError):
            signatures.check_public(weak)
        with pytest.raises(ForgedError):
            signatures.verify(SIGNED, weak, Login)


def test_a_one_time_key_is_signed_with_the_ed25519_half() -> None:
    signature = signatures.sign_once(KEY, ONCE)

    signatures.verify_once(signature, KEY.public, ONCE)
    for wrong in (replace(ONCE, kem_id=8), replace(ONCE, device=b"x" * 16)):
        with pytest.raises(ForgedError):
            signatures.verify_once(signature, KEY.public, wrong)
    for short in (b"", signature[:-1], signature + b"\x00"):
        with pytest.raises(ForgedError):
            signatures.verify_once(short, KEY.public, ONCE)


def test_a_store_receipt_verifies_under_the_pinned_key_only() -> None:
    store, imposter = StoreKey.generate(Seeded(3)), StoreKey.generate(Seeded(4))
    signed = signatures.sign_store(store, RECEIPT)

    assert signatures.verify_store(signed, store.public, StoreReceipt) == RECEIPT
    for key in (imposter.public, bytes(32), b"", store.public + b"\x00"):
        with pytest.raises(ForgedError):
            signatures.verify_store(signed, key, StoreReceipt)
    assert StoreKey.load(store.dump()).public == store.public


def test_a_key_survives_dump_and_load() -> None:
    again = SigningKey.load(KEY.dump())

    assert again.public == KEY.public
    assert signatures.verify(signatures.sign(again, DEVICE, LOGIN), KEY.public, Login) == LOGIN
    for size in (0, 63, 65):
        with pytest.raises(MalformedError):
            SigningKey.load(bytes(size))


@pytest.mark.parametrize("secret", [KEY, StoreKey.generate(Seeded(3))])
def test_a_signing_key_shows_nothing_and_is_never_pickled(secret: SigningKey | StoreKey) -> None:
    shown = f"{secret!r} {secret} {[secret]}"

    assert secret.dump().hex() not in shown
    assert "redacted" in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(RefusedError):
        signatures.verify(data, KEY.public, Login)
    with pytest.raises(RefusedError):
        signatures.verify_store(data, bytes(32), StoreReceipt)


def test_ml_dsa_65_gives_the_published_known_answers() -> None:
    cases = known_answers("MLDSA", "kat_MLDSA_65_det_pure.rsp", first="count")

    for case in cases[:20]:
        key = MLDSA65PrivateKey.from_seed_bytes(case["xi"])
        assert key.public_key().public_bytes_raw() == case["pk"]
        public = MLDSA65PublicKey.from_public_bytes(case["pk"])
        public.verify(case["sm"][:3309], case["msg"], case["ctx"])
    assert len(cases) > 20


def test_keys_have_one_length() -> None:
    for size in (0, 31, 33):
        with pytest.raises(MalformedError):
            StoreKey.load(bytes(size))
        short = replace(KEY.public, ed=b"x" * size)
        with pytest.raises(MalformedError):
            signatures.check_public(short)


def test_an_unfit_key_is_refused_by_us_before_any_library_sees_it() -> None:
    weak = replace(KEY.public, ed=bytes(32))
    signed = signatures.sign(KEY, b"s" * 16, LOGIN)

    with pytest.raises(ForgedError) as found:
        signatures.verify(signed, weak, Login)
    assert isinstance(found.value.__cause__, MalformedError)


def test_a_note_is_signed_by_the_stores_key_over_that_very_text() -> None:
    store, imposter = StoreKey.generate(Seeded(3)), StoreKey.generate(Seeded(4))
    signed = store.ed_sign(b"a note\n")
    signatures.verify_text(store.public, b"a note\n", signed)

    for public, text in ((imposter.public, b"a note\n"), (store.public, b"another note\n")):
        with pytest.raises(ForgedError):
            signatures.verify_text(public, text, signed)
