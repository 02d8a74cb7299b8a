"""The handshake: nothing unfit, unsigned, expired or used takes part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from crypto import handshake, signatures
from crypto.errors import PrekeysExpiredError
from crypto.firstmessage import NO_ONE_TIME, Init
from crypto.handshake import Peer
from crypto.keys import IdentityKey, KemKey
from protocol.api.accounts import Bundle, OneTimePrekey
from protocol.errors import (
    BugError,
    ForgedError,
    MalformedError,
    RefusedError,
    ReplayError,
)
from protocol.prekeys import SignedPrekeys
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, MALLORY, NOW, SPACE
from tests.support.sessions import answer, open_first, start

BUNDLE = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
WEAK = (bytes(32), b"\x01" + bytes(31), b"\xff" * 32, b"\x09" * 31, b"", bytes(1184))


@pytest.mark.parametrize("weak", WEAK)
def test_i11_an_unfit_x25519_key_takes_no_part(weak: bytes) -> None:
    peer = Peer(user=BOB.user, device=BOB.device, signing=BOB.dsk.public, identity=weak)

    for place in ({"spk": weak}, {"opk": weak}):
        with pytest.raises(MalformedError):
            replace(BUNDLE, **place)  # type: ignore[arg-type]
    with pytest.raises(MalformedError):
        handshake.initiate(space=SPACE, own=ALICE.own, peer=peer, bundle=BUNDLE, entropy=Seeded(1))
    _, init = start()
    with pytest.raises(MalformedError):
        open_first(init, peer=Peer(**{**_fields(ALICE.peer), "identity": weak}))  # type: ignore[arg-type]
    if len(weak) == 32:
        body = init.pack()
        with pytest.raises(MalformedError):
            Init.unpack(body[:1] + weak + body[33:])


def _fields(peer: Peer) -> dict[str, object]:
    return {name: getattr(peer, name) for name in Peer.__slots__}


@pytest.mark.parametrize("kem", [b"", BOB.spk.public, b"\xff" * 1184, bytes(1183)])
def test_i11_an_unfit_or_swapped_kem_key_takes_no_part(kem: bytes) -> None:
    with pytest.raises(MalformedError):
        replace(BUNDLE, kem=kem)


def test_a_one_time_key_has_an_id_and_an_id_a_key() -> None:
    for alone in ({"opk": None}, {"opk_id": None}):
        with pytest.raises(MalformedError):
            replace(BUNDLE, **alone)  # type: ignore[arg-type]


def _bundle_with(**changed: object) -> Bundle:
    honest = BOB.bundle()
    fields = {"device": honest.device, "signed": honest.signed, "one_time": honest.one_time}
    return Bundle(**{**fields, "kem": honest.kem, **changed})  # type: ignore[arg-type]


def test_prekeys_not_signed_by_the_peers_device_are_refused() -> None:
    honest, mallory = BOB.bundle(), MALLORY.bundle()
    assert honest.kem is not None
    signed_by_mallory = signatures.sign(
        MALLORY.dsk, BOB.device, signatures.peek(honest.signed, SignedPrekeys)
    )
    for wrong in (
        mallory,
        _bundle_with(signed=mallory.signed),
        _bundle_with(signed=signed_by_mallory),
        _bundle_with(device=MALLORY.device),
        _bundle_with(kem=mallory.kem),
        _bundle_with(kem=with_fields(honest.kem, id=5)),
        _bundle_with(kem=with_fields(honest.kem, key=MALLORY.once.public)),
    ):
        with pytest.raises(ForgedError):
            handshake.read_bundle(wrong, BOB.peer, now=NOW)


def test_prekeys_of_another_device_of_the_same_signer_are_refused() -> None:
    other = signatures.peek(BOB.bundle().signed, SignedPrekeys)
    for signed in (
        signatures.sign(BOB.dsk, BOB.device, with_fields(other, device=b"d" * 16)),
        signatures.sign(BOB.dsk, b"d" * 16, other),
    ):
        with pytest.raises(ForgedError):
            handshake.read_bundle(_bundle_with(signed=signed), BOB.peer, now=NOW)
    with pytest.raises(ForgedError):
        handshake.read_bundle(_bundle_with(device=b"d" * 16), BOB.peer, now=NOW)
    whole = signatures.sign(BOB.dsk, BOB.device, with_fields(other, device=b"d" * 16))
    with pytest.raises(ForgedError, match="another device"):
        handshake.read_bundle(
            _bundle_with(device=b"d" * 16, signed=whole, kem=None), BOB.peer, now=NOW
        )


def test_prekeys_made_after_they_expire_are_refused() -> None:
    odd = with_fields(
        signatures.peek(BOB.bundle().signed, SignedPrekeys), created=NOW + 90, expires=NOW + 60
    )

    with pytest.raises(PrekeysExpiredError):
        handshake.read_bundle(
            _bundle_with(signed=signatures.sign(BOB.dsk, BOB.device, odd)), BOB.peer, now=NOW
        )


def test_expired_prekeys_ask_for_patience() -> None:
    assert handshake.read_bundle(BOB.bundle(expires=NOW + 1), BOB.peer, now=NOW) == BUNDLE
    with pytest.raises(PrekeysExpiredError):
        handshake.read_bundle(BOB.bundle(expires=NOW), BOB.peer, now=NOW)


def test_the_one_time_kem_key_is_preferred_and_the_last_resort_the_rest() -> None:
    lasting = handshake.read_bundle(BOB.bundle(one_time=False), BOB.peer, now=NOW)

    assert (BUNDLE.kem_id, BUNDLE.kem) == (3, BOB.once.public)
    assert (lasting.kem_id, lasting.kem, lasting.opk) == (2, BOB.kem.public, None)


@pytest.mark.parametrize("number", [NO_ONE_TIME, 2**32, 2**40])
def test_a_prekey_id_that_does_not_fit_is_refused(number: int) -> None:
    wrong = _bundle_with(one_time=OneTimePrekey(id=number, key=BOB.opk.public))

    with pytest.raises(MalformedError):
        handshake.read_bundle(wrong, BOB.peer, now=NOW)


def test_i12_a_first_message_whose_one_time_key_is_gone_is_a_replay() -> None:
    _, init = start()
    _, plain = start(one_time=False)

    with pytest.raises(ReplayError):
        open_first(init, opk=None)
    with pytest.raises(BugError):
        open_first(plain, opk=BOB.opk, kem=BOB.kem)


def test_a_device_holds_no_session_with_itself() -> None:
    with pytest.raises(BugError):
        handshake.initiate(
            space=SPACE, own=BOB.own, peer=BOB.peer, bundle=BUNDLE, entropy=Seeded(1)
        )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"\x02" + body[1:],
        lambda body: b"\x00" + body[1:],
        lambda body: body[:1133],
        lambda body: body[:100],
        lambda body: b"",
        lambda body: body + bytes(4096),
        lambda body: body[:33] + b"\xff" * 4 + body[37:],
    ],
)
def test_a_first_message_of_another_form_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    _, init = start()

    with pytest.raises(MalformedError):
        Init.unpack(spoil(init.pack()))


@given(st.binary(max_size=1500))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    try:
        init = Init.unpack(data)
    except MalformedError:
        return
    with pytest.raises(RefusedError):
        answer(init).receive(init.message)


def test_what_is_read_is_written_alike() -> None:
    _, init = start()

    assert Init.unpack(init.pack()) == init
    assert "init" in repr(init).lower()
    assert init.ciphertext.hex()[:16] not in repr(init)
    assert "redacted" in repr(BOB.own)
    assert KemKey.generate(Seeded(1)).public != KemKey.generate(Seeded(2)).public
    assert IdentityKey.generate(Seeded(1)).public == IdentityKey.generate(Seeded(1)).public
