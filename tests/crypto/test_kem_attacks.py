"""The ML-KEM step against whoever alters, strips, forges or has stolen (30 §4, §8)."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import keys, ratchet
from crypto.session import Session
from protocol.errors import ForgedError, MalformedError, RefusedError
from protocol.limits import KEM_STEP_SECONDS
from tests.support.entropy import Seeded
from tests.support.people import BOB, NOW
from tests.support.sessions import End, chosen_header, meet

LATER = NOW + KEM_STEP_SECONDS
FORMS = {"plain": (b"\x00", 0), "proposal": (b"\x01", 1184), "answer": (b"\x02", 1088)}


def _waiting(case: str) -> tuple[End, bytes]:
    """An end about to receive `secret`, in a chain of each form and found in each way."""
    form, way = case.split(", ")
    sender, receiver = meet()
    if form == "answer":
        asked, asking = sender, receiver
        sender.receive(receiver.send(b"x"))
        receiver.receive(sender.send(b"x"))
        asked.receive(asking.send(b"proposal", LATER), LATER)
    if way == "skips ahead":
        sender.send(b"lost", LATER)
    if way == "in the chain":
        receiver.receive(sender.send(b"x", LATER), LATER)
    message = sender.send(b"secret", LATER)
    if way == "late":
        receiver.receive(sender.send(b"x", LATER), LATER)
    return receiver, message


CASES = [f"{f}, {w}" for f in FORMS for w in ("step", "skips ahead", "in the chain", "late")][4:]


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=40)
@given(place=st.one_of(st.integers(0, 70), st.integers(0, 1300)), flip=st.integers(1, 255))
def test_one_flipped_byte_fails_and_leaves_the_state_as_it_was(
    case: str, place: int, flip: int
) -> None:
    receiver, message = _waiting(case)
    before = receiver.session.dump()
    altered = bytearray(message)
    altered[place % len(message)] ^= flip

    with pytest.raises(RefusedError):
        receiver.receive(bytes(altered), LATER)
    assert receiver.session.dump() == before
    assert receiver.receive(message, LATER) == b"secret"


@pytest.mark.parametrize("case", CASES)
def test_a_message_under_another_form_is_refused(case: str) -> None:
    receiver, message = _waiting(case)
    before = receiver.session.dump()

    for form in range(256):
        if form != message[0]:
            with pytest.raises(RefusedError):
                receiver.receive(bytes([form]) + message[1:], LATER)
    assert receiver.session.dump() == before


@pytest.mark.parametrize("case", CASES)
def test_a_message_cut_short_is_refused(case: str) -> None:
    receiver, message = _waiting(case)

    for cut in (*range(0, len(message), 13), *range(len(message) - 50, len(message))):
        with pytest.raises(RefusedError):
            receiver.receive(message[:cut], LATER)
    assert receiver.receive(message, LATER) == b"secret"


@pytest.mark.parametrize(("form", "size"), [(0, 123), (1, 1307), (2, 1211)])
def test_the_shortest_message_of_each_form_is_known_before_any_key_is_tried(
    form: int, size: int
) -> None:
    _, bob = meet()
    shortest = bytes([form]) + bytes(size - 1)

    with pytest.raises(MalformedError, match="cut short"):
        bob.receive(shortest[:-1])
    with pytest.raises(ForgedError, match="does not belong"):
        bob.receive(shortest)


def _stepped(*, proposing: bool) -> tuple[End, End]:
    """Bob has spoken, proposing or not, and Alice has begun the chain that follows."""
    alice, bob = meet()
    bob.receive(alice.send(b"x"))
    now = LATER if proposing else NOW
    alice.receive(bob.send(b"x", now), now)
    alice.send(b"so that there is a step", now)
    return alice, bob


def _chosen(alice: End, form: str, kem: bytes | None = None, flags: int | None = None) -> bytes:
    """The first message of Alice's chain, in a form of our choosing."""
    byte, size = FORMS[form]
    own = alice.session.state.own_public
    head = struct.pack(">32sIIH", own, 1, 0, byte[0] if flags is None else flags)
    return chosen_header(alice, head + (bytes(size) if kem is None else kem), form=byte)


@pytest.mark.parametrize(
    ("proposing", "form"),
    [(False, "answer"), (True, "plain"), (True, "proposal")],
)
def test_a_chain_answers_what_was_proposed_and_nothing_else(proposing: bool, form: str) -> None:
    alice, bob = _stepped(proposing=proposing)
    before = bob.session.dump()
    kem = BOB.kem.public if form == "proposal" else None

    with pytest.raises(ForgedError, match="does not answer what we proposed"):
        bob.receive(_chosen(alice, form, kem), LATER)
    assert bob.session.dump() == before


def test_a_ciphertext_for_another_key_opens_nothing_and_leaves_nothing() -> None:
    alice, bob = _stepped(proposing=True)
    before = bob.session.dump()
    _, ciphertext = keys.encapsulate(BOB.kem.public)

    with pytest.raises(ForgedError):
        bob.receive(_chosen(alice, "answer", ciphertext), LATER)
    assert bob.session.dump() == before


def test_a_proposed_key_out_of_range_is_refused_at_once() -> None:
    alice, bob = _stepped(proposing=False)
    before = bob.session.dump()

    with pytest.raises(MalformedError, match="ML-KEM"):
        bob.receive(_chosen(alice, "proposal", b"\xff" * 1184), LATER)
    assert bob.session.dump() == before


@pytest.mark.parametrize("form", list(FORMS))
@pytest.mark.parametrize("flags", [0, 1, 2, 3, 4, 0x0100, 0xFFFF])
def test_flags_that_are_not_the_form_are_refused(form: str, flags: int) -> None:
    alice, bob = _stepped(proposing=False)
    if flags != FORMS[form][0][0]:
        with pytest.raises(MalformedError, match="newer"):
            bob.receive(_chosen(alice, form, flags=flags), LATER)


# --- what a thief gets ---------------------------------------------------------------------------


class _Quantum:
    """Draws what the victim draws where it is an X25519 secret, computed from the public key."""

    def __init__(self, victim: bytes) -> None:
        self._victim, self._own = Seeded(victim), Seeded(b"the thief's own")

    def token(self, size: int) -> bytes:
        seen, own = self._victim.token(size), self._own.token(size)
        return seen if size == 32 else own


class _Theft:
    """Bob's state is copied; from then on the thief sees every message and every X25519 secret."""

    def __init__(self, alice: End, bob: End) -> None:
        self.alice, self.bob = alice, bob
        self.bob.entropy = Seeded(b"bob")
        copy = Session.load(bob.session.dump())
        self.thief = End(copy, _Quantum(b"bob"))  # type: ignore[arg-type]

    def alice_says(self, now: int) -> int:
        """The form; raises RefusedError if the thief cannot follow."""
        message = self.alice.send(b"words", now)
        self.bob.receive(message, now)
        assert self.thief.receive(message, now) == b"words"
        return message[0]

    def bob_says(self, now: int) -> int:
        """Bob's own chain: the thief makes the same X25519 step."""
        message = self.bob.send(b"words", now)
        self.alice.receive(message, now)
        self.thief.send(b"words", now)
        return message[0]


def test_without_a_step_a_thief_who_computes_x25519_secrets_follows_for_ever() -> None:
    theft = _Theft(*meet())

    forms = [act(NOW) for _ in range(20) for act in (theft.alice_says, theft.bob_says)]
    assert set(forms) == {0}


def test_a_step_the_victim_answers_shuts_the_thief_out() -> None:
    theft = _Theft(*meet())

    assert theft.alice_says(LATER) == 1
    assert theft.bob_says(LATER) == 2
    with pytest.raises(RefusedError):
        theft.alice_says(LATER)


def test_a_step_the_victim_proposes_shuts_the_thief_out() -> None:
    theft = _Theft(*meet())
    theft.alice_says(NOW)

    assert theft.bob_says(LATER) == 1
    with pytest.raises(RefusedError):  # the answering chain itself
        theft.alice_says(LATER)


def test_a_thief_who_comes_between_proposal_and_answer_is_shut_out_by_the_step_after() -> None:
    alice, bob = meet()
    bob.receive(alice.send(b"x"))
    alice.receive(bob.send(b"proposal", LATER), LATER)
    theft = _Theft(alice, bob)

    assert theft.alice_says(LATER) == 2
    assert theft.bob_says(LATER) == 0
    assert theft.alice_says(LATER + KEM_STEP_SECONDS) == 1
    assert theft.bob_says(LATER + KEM_STEP_SECONDS) == 2
    with pytest.raises(RefusedError):
        theft.alice_says(LATER + KEM_STEP_SECONDS)


def test_old_messages_of_a_step_stay_closed_to_a_later_thief() -> None:
    alice, bob = meet()
    proposal = alice.send(b"proposal", LATER)
    bob.receive(proposal, LATER)
    answer = bob.send(b"answer", LATER)
    alice.receive(answer, LATER)

    for end, message in ((bob, proposal), (alice, answer)):
        with pytest.raises(RefusedError):
            ratchet.open_message(Session.load(end.session.dump()), message, now=LATER)
