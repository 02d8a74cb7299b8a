"""The ratchet: every message once, in any order; nothing altered; nothing left behind."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto import ratchet
from crypto.handshake import Init
from crypto.session import Session
from protocol.errors import (
    ForgedError,
    MalformedError,
    RefusedError,
    ReplayError,
)
from protocol.limits import MAX_ENVELOPE_BYTES
from tests.support.people import NOW
from tests.support.sessions import End, answer, chosen_header, meet, start


@settings(max_examples=60)
@given(
    schedule=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(1, 4), st.randoms(use_true_random=False)),
        min_size=1,
        max_size=12,
    ),
    data=st.data(),
)
def test_i01_every_delivered_message_opens_once_in_any_order_with_any_loss(
    schedule: list[tuple[str, int, object]], data: st.DataObject
) -> None:
    ends = dict(zip("ab", meet(), strict=True))
    other = {"a": "b", "b": "a"}
    flying: list[tuple[str, bytes, bytes]] = []
    seen: list[tuple[str, bytes]] = []
    for turn, (who, count, _) in enumerate(schedule):
        for index in range(count):
            payload = struct.pack(">II", turn, index)
            flying.append((other[who], payload, ends[who].send(payload)))
        for _ in range(data.draw(st.integers(0, len(flying)))):
            to, payload, message = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
            if data.draw(st.integers(0, 4)) == 0:
                continue  # lost
            assert ends[to].receive(message) == payload
            seen.append((to, message))
    for to, message in seen:
        before = ends[to].session.dump()
        with pytest.raises(RefusedError):
            ends[to].receive(message)
        assert ends[to].session.dump() == before


def test_a_burst_with_gaps_opens_backwards() -> None:
    alice, bob = meet()
    messages = [alice.send(bytes([n])) for n in range(200)]

    for number in reversed(range(0, 200, 3)):
        assert bob.receive(messages[number]) == bytes([number])
    for number in range(200):
        if number % 3:
            assert bob.receive(messages[number]) == bytes([number])
    assert bob.session.state.skipped == ()


def test_late_messages_of_an_earlier_chain_still_open() -> None:
    alice, bob = meet()
    late = [alice.send(bytes([n])) for n in range(3)]
    bob.receive(late[1])
    alice.receive(bob.send(b"step"))
    bob.receive(alice.send(b"step"))

    assert bob.receive(late[2]) == b"\x02"
    assert bob.receive(late[0]) == b"\x00"


def test_a_replay_is_named_and_refused() -> None:
    alice, bob = meet()
    message = alice.send(b"once")
    bob.receive(message)

    with pytest.raises(ReplayError):
        bob.receive(message)


def test_a_message_returned_to_its_author_does_not_open() -> None:
    alice, bob = meet()
    message = alice.send(b"mine")
    mirrored = Session(replace(bob.session.state, initiator=True))

    with pytest.raises(ForgedError):
        alice.receive(message)
    with pytest.raises(ForgedError):  # the direction alone decides
        ratchet.open_message(mirrored, message, now=NOW)


def _flips(size: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, size - 1), st.integers(1, 255))


@pytest.mark.parametrize("case", ["next in chain", "skips ahead", "late", "new step", "first"])
@settings(max_examples=40)
@given(flip=_flips(83 + 40 + 6))
def test_i03_one_flipped_byte_fails_and_leaves_the_state_as_it_was(
    case: str, flip: tuple[int, int]
) -> None:
    bob, message = _waiting(case)
    before = bob.session.dump()
    altered = bytearray(message)
    altered[flip[0]] ^= flip[1]

    with pytest.raises(RefusedError):
        bob.receive(bytes(altered))
    assert bob.session.dump() == before
    assert bob.receive(message) == b"secret"


def _waiting(case: str) -> tuple[End, bytes]:
    """An end about to receive `secret`, in each way a message can be found."""
    if case == "first":
        alice, _ = start()
        sealed = ratchet.seal(alice.session, b"secret", alice.entropy, now=NOW)
        init = Init.unpack(sealed.body)
        return answer(init), init.message
    alice, bob = meet()
    if case == "skips ahead":
        for _ in range(5):
            alice.send(b"lost")
    if case == "late":
        message = alice.send(b"secret")
        bob.receive(alice.send(b"later"))
        return bob, message
    if case == "new step":
        bob.receive(alice.send(b"one"))
        alice.receive(bob.send(b"two"))
    return bob, alice.send(b"secret")


@pytest.mark.parametrize("cut", [0, 1, 24, 82, 83, 122, 128])
def test_a_message_cut_short_or_extended_fails(cut: int) -> None:
    bob, message = _waiting("next in chain")

    for wrong in (message[:cut], message + b"\x00", message + message, bytes(5000)):
        with pytest.raises(RefusedError):
            bob.receive(wrong)
    assert bob.receive(message) == b"secret"


def test_what_is_longer_than_any_envelope_is_refused_unread() -> None:
    _, bob = meet()

    with pytest.raises(MalformedError, match="impossible length"):
        bob.receive(bytes(MAX_ENVELOPE_BYTES + 1))
    with pytest.raises(ForgedError):
        bob.receive(bytes(MAX_ENVELOPE_BYTES))


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    _, bob = meet()

    with pytest.raises(RefusedError):
        bob.receive(data)


def test_header_and_payload_of_two_messages_do_not_combine() -> None:
    alice, bob = meet()
    first, second = alice.send(b"one"), alice.send(b"two")

    for mixed in (first[:83] + second[83:], second[:83] + first[83:]):
        with pytest.raises(ForgedError):
            bob.receive(mixed)


def test_flags_of_a_later_version_are_refused() -> None:
    alice, bob = meet()
    alice.send(b"so that there is a chain")
    state = alice.session.state
    assert state.own_public is not None
    known = struct.pack(">32sIIH", state.own_public, 0, state.send_number, 0)
    later = struct.pack(">32sIIH", state.own_public, 0, state.send_number, 1)

    with pytest.raises(MalformedError, match="newer"):
        bob.receive(chosen_header(alice, later))
    assert bob.receive(chosen_header(alice, known)) == b"x"


@pytest.mark.parametrize("weak", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
def test_a_low_order_or_non_canonical_ratchet_key_is_refused(weak: bytes) -> None:
    alice, bob = meet()
    alice.send(b"so that there is a step")
    before = bob.session.dump()

    with pytest.raises(MalformedError):
        bob.receive(chosen_header(alice, struct.pack(">32sIIH", weak, 0, 0, 0)))
    assert bob.session.dump() == before
