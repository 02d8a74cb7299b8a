"""The ML-KEM step of the ratchet (30 §4): when it is made, and that nothing can come between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto import handshake, ratchet
from crypto.handshake import Init
from crypto.session import MAX_INIT_BYTES, MAX_SESSION_BYTES, Session
from protocol.envelope import Envelope, EnvelopeKind
from protocol.errors import LimitExceededError, RefusedError
from protocol.ids import EnvelopeId, MailboxId
from protocol.limits import (
    KEM_STEP_MESSAGES,
    KEM_STEP_SECONDS,
    MAX_ENVELOPE_BYTES,
    MAX_HEADER_CHAINS,
    MAX_SKIP,
    MAX_SKIPPED_KEYS,
)
from tests.support.entropy import Seeded
from tests.support.people import ALICE, BOB, NOW, SPACE
from tests.support.sessions import End, meet

PLAIN, PROPOSAL, ANSWER = 0, 1, 2
LATER = NOW + KEM_STEP_SECONDS


def _talk(first: End, second: End, count: int, now: int = NOW) -> list[int]:
    """They speak in turns; the form of each message."""
    forms = []
    for turn in range(count):
        sender, receiver = (second, first) if turn % 2 else (first, second)
        message = sender.send(b"x", now)
        forms.append(message[0])
        assert receiver.receive(message, now) == b"x"
    return forms


def _proposed() -> tuple[End, End, bytes]:
    """Alice has begun a chain that proposes; its first message, not yet delivered."""
    alice, bob = meet()
    return alice, bob, alice.send(b"proposal", LATER)


def test_fifty_messages_after_the_last_step_the_next_chain_proposes_and_is_answered() -> None:
    alice, bob = meet()  # two messages
    step = [PLAIN] * KEM_STEP_MESSAGES + [PROPOSAL, ANSWER]

    assert [PLAIN, PLAIN, *_talk(alice, bob, 50 + 2 * len(step))] == step * 3


def test_seven_days_after_the_last_step_the_next_chain_proposes() -> None:
    alice, bob = meet()

    assert _talk(alice, bob, 2, now=LATER - 1) == [PLAIN, PLAIN]
    assert _talk(alice, bob, 3, now=LATER) == [PROPOSAL, ANSWER, PLAIN]
    assert _talk(bob, alice, 2, now=LATER + KEM_STEP_SECONDS - 1) == [PLAIN, PLAIN]
    assert _talk(bob, alice, 3, now=LATER + KEM_STEP_SECONDS) == [PROPOSAL, ANSWER, PLAIN]


def test_a_chain_that_has_begun_does_not_change_its_form() -> None:
    alice, bob = meet()
    first = alice.send(b"x")
    later = [alice.send(b"x", LATER) for _ in range(KEM_STEP_MESSAGES)]

    assert {message[0] for message in (first, *later)} == {PLAIN}
    bob.receive(later[-1], LATER)
    assert bob.send(b"x", LATER)[0] == PROPOSAL


def test_who_is_asked_answers_and_does_not_propose_though_it_is_due_to_both() -> None:
    alice, bob, proposal = _proposed()
    bob.receive(proposal, LATER)

    answer = bob.send(b"answer", LATER)
    assert answer[0] == ANSWER
    assert alice.receive(answer, LATER) == b"answer"
    assert _talk(alice, bob, KEM_STEP_MESSAGES, LATER) == [PLAIN] * KEM_STEP_MESSAGES


@pytest.mark.parametrize("first", range(4))
def test_any_message_of_a_chain_makes_the_step_and_the_others_follow(first: int) -> None:
    alice, bob, proposal = _proposed()
    proposals = [proposal, *(alice.send(b"proposal", LATER) for _ in range(3))]
    for number in (first, *(n for n in range(4) if n != first)):
        assert bob.receive(proposals[number], LATER) == b"proposal"
    answers = [bob.send(b"answer", LATER) for _ in range(4)]
    for number in (first, *(n for n in range(4) if n != first)):
        assert alice.receive(answers[number], LATER) == b"answer"

    assert {message[0] for message in proposals} == {PROPOSAL}
    assert {message[0] for message in answers} == {ANSWER}
    assert alice.session.state.skipped == bob.session.state.skipped == ()
    assert _talk(alice, bob, 4, LATER) == [PLAIN] * 4


def test_an_answering_chain_that_is_lost_is_answered_for_by_its_later_messages() -> None:
    alice, bob, proposal = _proposed()
    bob.receive(proposal, LATER)
    for _ in range(5):
        bob.send(b"lost", LATER)
        assert bob.receive(alice.send(b"still proposing", LATER), LATER) == b"still proposing"

    assert alice.receive(bob.send(b"answer", LATER), LATER) == b"answer"
    assert _talk(alice, bob, 4, LATER) == [PLAIN] * 4


def test_late_messages_of_both_chains_open_long_after_the_step() -> None:
    alice, bob, proposal = _proposed()
    bob.receive(alice.send(b"x", LATER), LATER)
    answer = bob.send(b"answer", LATER)
    alice.receive(bob.send(b"x", LATER), LATER)
    _talk(alice, bob, 6, LATER)

    assert bob.receive(proposal, LATER) == b"proposal"
    assert alice.receive(answer, LATER) == b"answer"


@settings(max_examples=80)
@given(data=st.data())
def test_every_message_opens_once_whatever_is_lost_or_late_around_the_steps(
    data: st.DataObject,
) -> None:
    ends = dict(zip("ab", meet(), strict=True))
    other = {"a": "b", "b": "a"}
    flying: list[tuple[str, bytes, bytes]] = []
    opened: list[tuple[str, bytes]] = []
    now = NOW
    for turn in range(data.draw(st.integers(8, 40))):
        now += data.draw(st.sampled_from([0, 0, KEM_STEP_SECONDS]))
        who = data.draw(st.sampled_from("ab"))
        for index in range(data.draw(st.integers(0, 3))):
            payload = bytes([turn, index])
            flying.append((other[who], payload, ends[who].send(payload, now)))
        for _ in range(data.draw(st.integers(0, len(flying)))):
            to, payload, message = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
            if data.draw(st.integers(0, 5)) == 0:
                continue  # lost
            if _given_up(ends[to], message, now):
                continue
            assert ends[to].receive(message, now) == payload
            opened.append((to, message))
            ends[to].session = Session.load(ends[to].session.dump())
    for to, message in opened:
        before = ends[to].session.dump()
        with pytest.raises(RefusedError):
            ends[to].receive(message, now)
        assert ends[to].session.dump() == before


def _given_up(end: End, message: bytes, now: int) -> bool:
    """Whether a message is of a chain whose kept keys had to go (30 §5): five later ones have."""
    if len(end.session.state.skipped) < MAX_HEADER_CHAINS:
        return False
    try:
        ratchet.open_message(end.session, message, now=now)
    except RefusedError:
        return True
    return False


def test_the_secrets_of_a_step_are_gone_when_it_is_done() -> None:
    alice, bob, proposal = _proposed()
    seed, key = alice.session.state.own_kem, alice.session.state.own_kem_public
    bob.receive(proposal, LATER)
    waiting = bob.session.state.peer_kem
    answer = bob.send(b"x", LATER)
    alice.receive(answer, LATER)

    assert seed is not None
    assert key is not None
    assert waiting == key
    for end in (alice, bob):
        assert seed not in end.session.dump()
        assert key not in end.session.dump()


def test_a_session_survives_storage_at_every_point_of_a_step() -> None:
    alice, bob, proposal = _proposed()
    for end, act in (
        (alice, lambda: None),
        (bob, lambda: bob.receive(proposal, LATER)),
        (bob, lambda: bob.send(b"lost", LATER)),
        (alice, lambda: alice.receive(bob.send(b"answer", LATER), LATER)),
    ):
        act()
        stored = end.session.dump()
        end.session = Session.load(stored)
        assert end.session.dump() == stored
    assert _talk(alice, bob, 4, LATER) == [PLAIN] * 4


@pytest.mark.parametrize("form", [PROPOSAL, ANSWER])
def test_the_bounds_hold_in_chains_with_a_step(form: int) -> None:
    alice, bob, proposal = _proposed()
    sender, receiver = (alice, bob) if form == PROPOSAL else (bob, alice)
    if form == ANSWER:
        bob.receive(proposal, LATER)
    for _ in range(MAX_SKIP - (form == PROPOSAL)):
        sender.send(b"lost", LATER)
    fits, too_far = sender.send(b"fits", LATER), sender.send(b"too far", LATER)
    before = receiver.session.dump()

    with pytest.raises(LimitExceededError):
        receiver.receive(too_far, LATER)
    assert receiver.session.dump() == before
    assert receiver.receive(fits, LATER) == b"fits"


def test_the_largest_state_fits_what_is_stored() -> None:
    alice, bob, proposal = _proposed()
    bob.receive(proposal, LATER)
    for _ in range(MAX_SKIPPED_KEYS // MAX_SKIP):
        for _ in range(MAX_SKIP - 1):
            alice.send(b"lost", LATER)
        bob.receive(alice.send(b"x", LATER), LATER)
    filled = replace(
        bob.session.state,
        init=bytes(MAX_INIT_BYTES),
        own_kem=bytes(64),
        own_kem_public=bytes(1184),
        answer=bytes(1088),
    )

    assert Session.load(Session(filled).dump()).state == filled
    assert len(Session(filled).dump()) < MAX_SESSION_BYTES


# --- lengths -------------------------------------------------------------------------------------


def _plain() -> bytes:
    return meet()[0].send(bytes(192))


def _proposal() -> bytes:
    return meet()[0].send(bytes(192), LATER)


def _answer() -> bytes:
    _, bob, proposal = _proposed()
    bob.receive(proposal, LATER)
    return bob.send(bytes(192), LATER)


@pytest.mark.parametrize(("make", "size"), [(_plain, 315), (_proposal, 1499), (_answer, 1403)])
def test_each_form_has_its_length(make: Callable[[], bytes], size: int) -> None:
    assert len(make()) == size


def test_the_longest_message_there_could_be_fits_an_envelope() -> None:
    bundle = handshake.read_bundle(BOB.bundle(), BOB.peer, now=NOW)
    fresh = handshake.initiate(
        space=SPACE, own=ALICE.own, peer=BOB.peer, bundle=bundle, entropy=Seeded(1)
    )
    due = Session(replace(fresh.state, kem_count=KEM_STEP_MESSAGES))
    sealed = ratchet.seal(due, bytes(192), Seeded(2), now=NOW)
    packed = Envelope(
        kind=sealed.kind,
        to=MailboxId(bytes(16)),
        sender=MailboxId(bytes(16)),
        id=EnvelopeId(bytes(16)),
        body=sealed.body,
    ).pack()

    assert sealed.kind is EnvelopeKind.INIT
    assert Init.unpack(Envelope.unpack(packed).body).message[0] == PROPOSAL
    assert len(packed) == 54 + 1133 + 1499
    # Even with both fields in one header, which no chain has, it would fit.
    assert len(packed) + 1088 <= MAX_ENVELOPE_BYTES
