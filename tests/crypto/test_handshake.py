"""The handshake: both ends agree, on everything they saw."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from crypto import handshake, ratchet
from crypto.firstmessage import Init, Side, Used, transcript
from crypto.handshake import Own, Peer
from crypto.session import MAX_INIT_BYTES
from protocol.envelope import KEY_MSG_BYTES, EnvelopeKind
from protocol.errors import (
    ForgedError,
    MalformedError,
    RefusedError,
)
from protocol.ids import DeviceId, SpaceId, UserId
from tests.crypto import second
from tests.support.people import ALICE, BOB, CAROL, MALLORY, NOW, SPACE
from tests.support.sessions import answer, meet, open_first, start


@pytest.mark.parametrize("one_time", [True, False])
def test_i10_both_ends_agree_with_and_without_one_time_keys(one_time: bool) -> None:
    alice, init = start(one_time=one_time)
    bob = answer(init)

    assert (init.opk_id, init.kem_id) == ((4, 3) if one_time else (None, 2))
    assert bob.receive(init.message) == b"hello"
    assert alice.receive(bob.send(b"yes")) == b"yes"


def test_a_first_message_and_a_later_one_have_the_stated_lengths() -> None:
    alice, init = start()
    padded = bytes(192)
    sealed = ratchet.seal(alice.session, padded, alice.entropy, now=NOW)
    later, _ = meet()

    assert (sealed.kind, len(sealed.body)) == (EnvelopeKind.INIT, 1133 + 315)
    assert len(later.send(padded)) == 315
    assert len(init.pack()) - len(init.message) == MAX_INIT_BYTES
    assert len(padded) > KEY_MSG_BYTES


def test_first_messages_that_cross_give_two_sessions_that_both_work() -> None:
    alice, from_alice = start(ALICE, BOB, seed=1)
    bob, from_bob = start(BOB, ALICE, seed=2)
    bob_answers, alice_answers = answer(from_alice, ALICE, BOB), answer(from_bob, BOB, ALICE)

    assert bob_answers.receive(from_alice.message) == b"hello"
    assert alice_answers.receive(from_bob.message) == b"hello"
    assert alice.receive(bob_answers.send(b"one")) == b"one"
    assert bob.receive(alice_answers.send(b"two")) == b"two"
    with pytest.raises(RefusedError):
        bob.receive(from_alice.message)


def test_two_handshakes_share_nothing() -> None:
    (one, first), (two, second_init) = start(seed=1), start(seed=2)

    assert one.session.state.root != two.session.state.root
    assert first.replay_tag() != second_init.replay_tag()


_SIDE_A = Side(ALICE.user, ALICE.device, ALICE.dsk.public, ALICE.dik.public)
_SIDE_B = Side(BOB.user, BOB.device, BOB.dsk.public, BOB.dik.public)
_USED = Used(BOB.spk.public, BOB.opk.public, BOB.once.public)
_INIT = Init(ephemeral=b"e" * 32, spk_id=1, opk_id=4, kem_id=3, ciphertext=b"c" * 1088, message=b"")
_OTHER_DSK = with_fields(ALICE.dsk.public, mldsa=MALLORY.dsk.public.mldsa)


def _changed_init(**changed: object) -> Init:
    fields = {name: getattr(_INIT, name) for name in Init.__slots__}
    return Init(**{**fields, **changed})


@pytest.mark.parametrize(
    ("space", "first", "other", "used", "init"),
    [
        (b"another space...", _SIDE_A, _SIDE_B, _USED, _INIT),
        (SPACE, _SIDE_A._replace(user=b"u" * 16), _SIDE_B, _USED, _INIT),
        (SPACE, _SIDE_A._replace(device=b"d" * 16), _SIDE_B, _USED, _INIT),
        (SPACE, _SIDE_A._replace(signing=_OTHER_DSK), _SIDE_B, _USED, _INIT),
        (SPACE, _SIDE_A._replace(identity=b"i" * 32), _SIDE_B, _USED, _INIT),
        (SPACE, _SIDE_A, _SIDE_B._replace(user=b"u" * 16), _USED, _INIT),
        (SPACE, _SIDE_A, _SIDE_B._replace(device=b"d" * 16), _USED, _INIT),
        (SPACE, _SIDE_A, _SIDE_B._replace(signing=_OTHER_DSK), _USED, _INIT),
        (SPACE, _SIDE_A, _SIDE_B._replace(identity=b"i" * 32), _USED, _INIT),
        (SPACE, _SIDE_B, _SIDE_A, _USED, _INIT),
        (SPACE, _SIDE_A, _SIDE_B, _USED._replace(spk=b"s" * 32), _INIT),
        (SPACE, _SIDE_A, _SIDE_B, _USED._replace(opk=b"o" * 32), _INIT),
        (SPACE, _SIDE_A, _SIDE_B, _USED._replace(kem=b"k" * 1184), _INIT),
        (SPACE, _SIDE_A, _SIDE_B, _USED, _changed_init(ephemeral=b"x" * 32)),
        (SPACE, _SIDE_A, _SIDE_B, _USED, _changed_init(spk_id=9)),
        (SPACE, _SIDE_A, _SIDE_B, _USED, _changed_init(opk_id=9)),
        (SPACE, _SIDE_A, _SIDE_B, _USED, _changed_init(kem_id=9)),
        (SPACE, _SIDE_A, _SIDE_B, _USED, _changed_init(ciphertext=b"x" * 1088)),
    ],
)
def test_i10_changing_any_field_of_the_transcript_changes_the_keys(
    space: bytes, first: Side, other: Side, used: Used, init: Init
) -> None:
    true = transcript(SPACE, _SIDE_A, _SIDE_B, _USED, _INIT)
    changed = transcript(space, first, other, used, init)
    agreed, secret = [bytes(32)] * 4, bytes(32)

    assert changed != true
    assert handshake._derive(agreed, secret, changed) != handshake._derive(agreed, secret, true)


@pytest.mark.parametrize(
    "changed",
    [
        {"space": SpaceId(b"another space...")},
        {"peer": CAROL.peer},
        {"own": CAROL.own},
        {"own": Own(user=BOB.user, device=DeviceId(b"d" * 16), signing=BOB.dsk.public,
                    identity=BOB.dik)},
        {"own": Own(user=UserId(b"u" * 16), device=BOB.device, signing=BOB.dsk.public,
                    identity=BOB.dik)},
        {"peer": Peer(user=ALICE.user, device=ALICE.device, signing=MALLORY.dsk.public,
                      identity=ALICE.dik.public)},
        {"peer": Peer(user=ALICE.user, device=ALICE.device, signing=ALICE.dsk.public,
                      identity=MALLORY.dik.public)},
        {"spk": CAROL.spk},
        {"opk": CAROL.opk},
        {"kem": BOB.kem},
    ],
)  # fmt: skip
def test_an_end_with_another_view_opens_nothing(changed: dict[str, object]) -> None:
    _, init = start()

    assert open_first(init) == b"hello"
    with pytest.raises(ForgedError):
        open_first(init, **changed)


@settings(max_examples=80)
@given(place=st.integers(0, 1132), flip=st.integers(1, 255))
def test_one_flipped_byte_in_a_first_message_opens_nothing(place: int, flip: int) -> None:
    _, init = start()
    altered = bytearray(init.pack())
    altered[place] ^= flip

    def _receive() -> bytes:
        return answer(changed).receive(changed.message)

    try:
        changed = Init.unpack(bytes(altered))
    except MalformedError:
        return
    with pytest.raises(RefusedError):
        _receive()


def test_i13_neither_half_of_the_secrets_is_enough() -> None:
    alice, init = start()
    mine = [
        second.x25519(ALICE.dik.dump(), BOB.spk.public),
        second.x25519(BOB.dik.dump(), init.ephemeral),
        second.x25519(BOB.spk.dump(), init.ephemeral),
        second.x25519(BOB.opk.dump(), init.ephemeral),
    ]
    secret = second.decapsulate(BOB.once.dump(), init.ciphertext)
    used = Used(BOB.spk.public, BOB.opk.public, BOB.once.public)
    binding = transcript(SPACE, _SIDE_A, _SIDE_B, used, init)
    true = second.handshake_keys(mine, secret, binding)

    assert alice.session.state.send_header == true[32:64]
    assert second.handshake_keys(mine, bytes(32), binding) != true  # X25519 known, ss not
    for index in range(4):
        partial = [bytes(32) if place == index else x for place, x in enumerate(mine)]
        assert second.handshake_keys(partial, secret, binding) != true
