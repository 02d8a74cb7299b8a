"""The bounds of the ratchet, and what a stolen state gives."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import chains, ratchet
from crypto.session import MAX_SESSION_BYTES, Session
from protocol.errors import (
    ForgedError,
    LimitExceededError,
    RefusedError,
    ReplayError,
)
from protocol.limits import (
    MAX_HEADER_CHAINS,
    MAX_SKIP,
    MAX_SKIPPED_KEYS,
    SKIPPED_KEY_SECONDS,
)
from tests.support.entropy import Seeded
from tests.support.people import NOW
from tests.support.sessions import End, chosen_header, meet


def test_as_many_as_max_skip_may_be_missing_and_no_more() -> None:
    alice, bob = meet()
    bob.receive(alice.send(b"first"))
    for _ in range(MAX_SKIP):
        alice.send(b"lost")
    fits, too_far = alice.send(b"fits"), alice.send(b"too far")
    before = bob.session.dump()

    with pytest.raises(LimitExceededError):
        bob.receive(too_far)
    assert bob.session.dump() == before
    assert bob.receive(fits) == b"fits"
    assert len(bob.session.state.skipped[0].keys) == MAX_SKIP
    assert bob.receive(too_far) == b"too far"


def test_a_previous_chain_that_claims_too_many_is_refused() -> None:
    alice, bob = meet()
    bob.receive(alice.send(b"one"))
    alice.receive(bob.send(b"two"))
    alice.send(b"so that there is a step")
    state = alice.session.state
    header = struct.pack(">32sIIH", state.own_public, 2**32 - 1, 0, 0)

    with pytest.raises(LimitExceededError):
        bob.receive(chosen_header(alice, header))


def test_keys_for_late_messages_are_bounded_and_the_oldest_go_first() -> None:
    alice, bob = meet()
    earliest = []
    for _ in range(3):
        earliest.append(alice.send(b"late"))
        for _ in range(MAX_SKIP - 1):
            alice.send(b"lost")
        bob.receive(alice.send(b"x"))

    kept = sum(len(chain.keys) for chain in bob.session.state.skipped)
    assert kept == MAX_SKIPPED_KEYS
    with pytest.raises(ReplayError):
        bob.receive(earliest[0])
    assert bob.receive(earliest[1]) == b"late"
    assert len(bob.session.dump()) < MAX_SESSION_BYTES


def test_header_chains_are_bounded() -> None:
    alice, bob = meet()
    late = []
    for _ in range(MAX_HEADER_CHAINS + 2):
        late.append(alice.send(b"late"))
        bob.receive(alice.send(b"x"))
        alice.receive(bob.send(b"step"))

    assert len(bob.session.state.skipped) == MAX_HEADER_CHAINS
    with pytest.raises(ForgedError):
        bob.receive(late[0])
    assert bob.receive(late[2]) == b"late"


def test_keys_for_late_messages_are_forgotten_after_their_time() -> None:
    alice, bob = meet()
    first, second = alice.send(b"first"), alice.send(b"second")
    bob.receive(alice.send(b"x"), now=NOW)

    assert bob.receive(first, now=NOW + SKIPPED_KEY_SECONDS) == b"first"
    with pytest.raises(ReplayError):
        bob.receive(second, now=NOW + SKIPPED_KEY_SECONDS + 1)
    bob.receive(alice.send(b"y"), now=NOW + SKIPPED_KEY_SECONDS + 1)
    assert bob.session.state.skipped == ()


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(1, 900)), min_size=1, max_size=12))
def test_i06_the_bounds_hold_whatever_is_kept(steps: list[tuple[int, int]]) -> None:
    skipped: chains.Skipped = ()
    for turn, (chain, count) in enumerate(steps):
        fresh = tuple(chains.SkippedKey(turn * 1000 + n, bytes(32), NOW) for n in range(count))
        skipped = chains.keep(skipped, bytes([chain]) * 32, fresh)
        assert len(skipped) <= MAX_HEADER_CHAINS
        assert sum(len(kept.keys) for kept in skipped) <= MAX_SKIPPED_KEYS
        assert skipped[-1].keys[-count:] == fresh
        assert all(kept.keys for kept in skipped)


def test_i05_a_stolen_state_opens_nothing_that_was_opened_before() -> None:
    alice, bob = meet()
    old = [alice.send(b"old") for _ in range(3)]
    for message in old:
        bob.receive(message)
    thief = End(bob.session, Seeded(b"thief"))

    for message in old:
        with pytest.raises(RefusedError):
            thief.receive(message)


def test_i05_a_stolen_state_opens_nothing_after_one_round_trip() -> None:
    alice, bob = meet()
    bob.receive(alice.send(b"x"))
    thief = End(Session.load(bob.session.dump()), Seeded(b"thief"))
    alice.receive(bob.send(b"there"))  # bob's fresh ratchet key, unknown to the thief
    bob.receive(alice.send(b"back"))
    alice.receive(bob.send(b"there"))
    healed = alice.send(b"healed")

    with pytest.raises(RefusedError):
        thief.receive(healed)
    assert bob.receive(healed) == b"healed"


def test_our_ratchet_secret_is_gone_once_the_peer_has_stepped() -> None:
    alice, bob = meet()
    bob.receive(alice.send(b"x"))
    secret = bob.session.state.own
    alice.receive(bob.send(b"y"))
    used = bob.session.state.own
    bob.receive(alice.send(b"z"))

    assert secret is None
    assert used is not None
    assert used not in bob.session.dump()


def test_i04_no_nonce_repeats_and_a_restored_copy_uses_other_nonces() -> None:
    alice, _ = meet()
    copy = Session.load(alice.session.dump())
    bodies = [alice.send(b"same") for _ in range(50)]
    bodies.append(ratchet.seal(copy, b"same", Seeded(b"another time"), now=NOW).body)

    nonces = [body[1:25] for body in bodies] + [body[83:107] for body in bodies]
    assert len(set(nonces)) == len(nonces)
