"""Sessions at rest, and their first messages."""

from __future__ import annotations

import pickle
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import ratchet, sealing
from crypto.handshake import Init
from crypto.keys import IdentityKey
from crypto.session import Session, State
from protocol import codec
from protocol.envelope import EnvelopeKind
from protocol.errors import (
    BugError,
    ForgedError,
    MalformedError,
)
from tests.support.entropy import Seeded
from tests.support.people import NOW
from tests.support.sessions import answer, meet, start


def test_i07_a_session_survives_storage_at_every_step() -> None:
    alice, bob = meet()
    alice.send(b"lost")
    for step in range(6):
        sender, receiver = (alice, bob) if step % 2 else (bob, alice)
        for end in (sender, receiver):
            stored = end.session.dump()
            end.session = Session.load(stored)
            assert end.session.dump() == stored
        assert receiver.receive(sender.send(b"x")) == b"x"


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_an_altered_state_is_refused_or_read_exactly(place: int, flip: int) -> None:
    alice, bob = meet()
    alice.send(b"lost")
    bob.receive(alice.send(b"x"))
    stored = bytearray(bob.session.dump())
    stored[place % len(stored)] ^= flip

    try:
        loaded = Session.load(bytes(stored))
    except MalformedError:
        return
    assert loaded.dump() == bytes(stored)


def test_i07_a_state_of_another_version_is_refused() -> None:
    stored = meet()[0].session.dump()
    label = b"\xa7ratchet\x01"
    assert label in stored[:16]

    with pytest.raises(MalformedError):
        Session.load(stored.replace(label, b"\xa7ratchet\x02", 1))
    with pytest.raises(MalformedError):
        Session.load(stored + b"\x00")


def test_a_session_shows_nothing_and_is_never_pickled() -> None:
    session = meet()[0].session
    state = session.state

    assert repr(session) == "Session(<redacted>)"
    assert repr(state) == "State(<redacted>)" == f"{state}"
    assert state.__rich_repr__() == []
    assert "redacted" in f"{[session]}"
    with pytest.raises(TypeError):
        pickle.dumps(session)
    assert state.root.hex() not in repr(ratchet.seal(session, b"x", Seeded(1), now=NOW))


def test_the_init_header_goes_in_front_until_the_peer_has_answered() -> None:
    alice, init = start()
    again = ratchet.seal(alice.session, b"still there", alice.entropy, now=NOW)
    alice.session = again.session
    bob = answer(init)
    bob.receive(init.message)
    reply = bob.send(b"yes")

    assert again.kind is EnvelopeKind.INIT
    assert Init.unpack(again.body).replay_tag() == init.replay_tag()
    assert bob.receive(Init.unpack(again.body).message) == b"still there"
    pending = alice.session.init_pending
    alice.receive(reply)
    assert (pending, alice.session.init_pending) == (True, False)
    assert ratchet.seal(alice.session, b"x", alice.entropy, now=NOW).kind is EnvelopeKind.MSG
    assert not bob.session.init_pending


def test_any_of_several_first_messages_starts_the_session() -> None:
    alice, init = start()
    sealed = ratchet.seal(alice.session, b"second", alice.entropy, now=NOW)
    second = Init.unpack(sealed.body)
    bob = answer(second)

    assert bob.receive(second.message) == b"second"
    assert bob.receive(init.message) == b"hello"


def test_a_responder_seals_nothing_before_it_has_opened_something() -> None:
    _, init = start()

    with pytest.raises(BugError):
        answer(init).send(b"too early")


def test_a_session_counts_what_is_unanswered() -> None:
    alice, bob = meet()
    for _ in range(3):
        bob.receive(alice.send(b"x"))

    assert (alice.session.sent, alice.session.unanswered) == (4, 3)
    alice.receive(bob.send(b"y"))
    assert (alice.session.sent, alice.session.unanswered) == (4, 0)


def test_a_payload_longer_than_a_ratchet_carries_is_our_mistake() -> None:
    alice, _ = meet()

    with pytest.raises(BugError):
        alice.send(bytes(ratchet.MAX_PAYLOAD_BYTES + 1))


def test_a_step_that_answers_none_of_ours_is_refused() -> None:
    alice, bob = meet()
    bob.receive(alice.send(b"x"))  # bob's own key is gone until he sends
    state = bob.session.state
    header = struct.pack(">32sIIH", IdentityKey.generate(Seeded(9)).public, 0, 0, 0)
    associated = b"jitc/v1/dr/ad" + state.binding + b"\x01\x00"
    sealed = sealing.seal(state.next_receive_header, header, associated, Seeded(3))

    with pytest.raises(ForgedError):
        bob.receive(b"\x00" + sealed + bytes(40))


def test_the_state_is_a_record_of_its_own_label() -> None:
    stored = meet()[0].session.dump()

    assert codec.encode(codec.decode(State, stored)) == stored
