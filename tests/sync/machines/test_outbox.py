"""A message is posted until the store has it, in its order, and is never lost or doubled (F10)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import BugError
from protocol.ids import MailboxId
from sync.machines.outbox import (
    Accept,
    Accepted,
    Busy,
    Due,
    Effect,
    Event,
    GiveUp,
    Halt,
    HoldSpace,
    InFlight,
    Kept,
    LinkLost,
    LookAgain,
    Outdated,
    Post,
    Postpone,
    RecipientsChanged,
    Refused,
    Reseal,
    State,
    Stored,
    TurnedDown,
    Waiting,
    room_delay,
    step,
)

BOX, FAR = MailboxId(b"b" * 16), MailboxId(b"f" * 16)


@pytest.mark.parametrize(
    ("state", "event", "following", "effects"),
    [
        (Waiting(0), Due(), InFlight(0), (Post(),)),
        (Waiting(4), Due(), InFlight(4), (Post(),)),
        (InFlight(2), Stored(b"r"), Accepted(), (Accept(b"r"),)),
        (InFlight(2), Stored(b"r", probed=True), Accepted(), (Accept(b"r"), LookAgain())),
        (
            InFlight(2),
            Stored(b"r", {BOX: 0, FAR: 3}, jitter=0.5),
            Accepted(),
            (Accept(b"r", (Kept(BOX, 90.0, 1), Kept(FAR, 510.0, 4))), LookAgain()),
        ),
        (InFlight(2), RecipientsChanged(), Outdated(), (Reseal(), HoldSpace())),
        (
            InFlight(2),
            TurnedDown("space-closed", "No."),
            Refused(),
            (GiveUp("space-closed", "No."),),
        ),
        (InFlight(2), LinkLost(), Waiting(2), (Halt(),)),
        (InFlight(0), Busy(0.5), Waiting(1), (Postpone(1.5, 1), Halt())),
        (InFlight(1), Busy(0.5), Waiting(2), (Postpone(2.5, 2), Halt())),
        (InFlight(0), Busy(0.0, 30.0), Waiting(1), (Postpone(30.0, 1), Halt())),
    ],
)
def test_the_table(
    state: State, event: Event, following: State, effects: tuple[Effect, ...]
) -> None:
    assert step(state, event) == (following, effects)


def test_an_unreachable_store_delays_no_message() -> None:
    """The first round that reaches the store again must send everything."""
    state, effects = step(InFlight(3), LinkLost())

    assert state == Waiting(3)
    assert not any(isinstance(effect, Postpone) for effect in effects)


FINAL: tuple[State, ...] = (Accepted(), Outdated(), Refused())
EVENTS: tuple[Event, ...] = (
    Due(),
    Stored(b"r"),
    RecipientsChanged(),
    TurnedDown("x", "y"),
    Busy(0.1),
    LinkLost(),
)


@pytest.mark.parametrize(("state", "event"), list(itertools.product(FINAL, EVENTS)))
def test_what_has_ended_never_moves_again(state: State, event: Event) -> None:
    with pytest.raises(BugError):
        step(state, event)


@pytest.mark.parametrize("event", [e for e in EVENTS if e != Due()])
def test_what_was_not_posted_cannot_be_answered(event: Event) -> None:
    with pytest.raises(BugError):
        step(Waiting(0), event)


answers = st.one_of(
    st.builds(Busy, st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 100)),
    st.just(LinkLost()),
)


@given(st.lists(answers, max_size=30))
def test_whatever_goes_wrong_before_it_is_accepted_once(troubles: list[Event]) -> None:
    state: State = Waiting(0)
    accepted = 0

    for answer in [*troubles, Stored(b"receipt")]:
        state, effects = step(state, Due())
        assert effects == (Post(),)
        state, effects = step(state, answer)
        accepted += effects.count(Accept(b"receipt"))

    assert state == Accepted()
    assert accepted == 1


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_full_mailbox_is_tried_again_in_a_minute_to_an_hour(tries: int, jitter: float) -> None:
    assert 60 <= room_delay(tries, jitter) <= 3600


def test_a_full_mailbox_is_tried_less_and_less_often() -> None:
    delays = [room_delay(tries, 0.5) for tries in range(9)]

    assert delays == [90, 150, 270, 510, 990, 1830, 1830, 1830, 1830]


@pytest.mark.parametrize("event", [Stored(b"r", {BOX: 0}), Stored(b"r", {BOX: 7}, probed=True)])
def test_a_full_mailbox_delays_no_message(event: Event) -> None:
    """What is kept is an envelope; the message itself is neither postponed nor halts the round."""
    _, effects = step(InFlight(0), event)

    assert not any(isinstance(effect, Postpone | Halt | HoldSpace) for effect in effects)
