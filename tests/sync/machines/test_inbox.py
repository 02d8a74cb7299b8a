"""Logs before the queue, acknowledged after the commit, and an end whatever the store says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import BugError, ReorderedError
from protocol.ids import SpaceId
from sync.machines.inbox import (
    PAGE,
    Acknowledge,
    Acknowledged,
    Compare,
    Compared,
    Deliver,
    Delivered,
    Done,
    Effect,
    Event,
    FetchLog,
    FetchMailbox,
    FetchSpaces,
    Listed,
    LogFailed,
    LogRead,
    PageRead,
    State,
    begin,
    begin_log,
    begin_mailbox,
    step,
)

NOTHING = (Listed({}, {}), Compared({}))
A, B, C = SpaceId(b"a" * 16), SpaceId(b"b" * 16), SpaceId(b"c" * 16)


def run(
    start: tuple[State, tuple[Effect, ...]], *events: Event
) -> tuple[State, list[tuple[Effect, ...]]]:
    """The last state and every step's effects."""
    state, effects = start
    seen = [effects]
    for event in events:
        state, effects = step(state, event)
        seen.append(effects)
    return state, seen


def test_only_logs_that_grew_are_read_and_all_of_them_before_the_queue() -> None:
    _, seen = run(
        begin(),
        Listed({C: 3, A: 5, B: 2}, {A: 4, B: 2}),
        Compared({A: 4, B: 2}),
        LogRead(5, 5),
        LogRead(3, 3),
    )

    assert seen == [
        (FetchSpaces(),),
        (Compare(),),
        (FetchLog(A, 5),),
        (FetchLog(C, 0),),
        (FetchMailbox(0, PAGE),),
    ]


def test_a_long_log_is_read_page_by_page() -> None:
    _, seen = run(begin(), Listed({A: 450}, {}), Compared({}), LogRead(199, 450), LogRead(399, 450))

    assert seen[2:] == [(FetchLog(A, 0),), (FetchLog(A, 200),), (FetchLog(A, 400),)]


def test_a_log_that_does_not_grow_is_left_for_this_round() -> None:
    """Refused entries, or a store that promises more than it gives, must not hold the rest."""
    _, seen = run(
        begin(), Listed({A: 9, B: 1}, {A: 4}), Compared({A: 4}), LogRead(4, 9), LogFailed()
    )

    assert seen[3:] == [(FetchLog(B, 0),), (FetchMailbox(0, PAGE),)]


def test_a_store_with_a_shorter_log_than_ours_is_not_asked_for_it() -> None:
    _, seen = run(begin(), Listed({A: 3}, {A: 7}), Compared({A: 7}))

    assert seen[2] == (FetchMailbox(0, PAGE),)


def test_the_log_of_an_unlisted_space_is_read_before_the_list_is_judged() -> None:
    """It may hold the removal of this person; only without one is the space hidden."""
    _, seen = run(
        begin(),
        Listed({B: 2}, {A: 4, B: 2, C: 0}),
        LogRead(5, 5),
        LogFailed(),
        Compared({B: 2}),
    )

    assert seen[1:] == [
        (FetchLog(A, 5, listed=False),),
        (FetchLog(C, 1, listed=False),),
        (Compare(),),
        (FetchMailbox(0, PAGE),),
    ]


def test_only_what_was_stored_is_acknowledged_and_only_then_the_next_page_is_asked_for() -> None:
    state, seen = run(
        begin(),
        *NOTHING,
        PageRead((4, 7, 9), waiting=2),
        Delivered((4, 7, 9)),
        Acknowledged(),
        PageRead((12, 13), waiting=0),
        Delivered((12, 13)),
        Acknowledged(),
    )

    assert seen[3:] == [
        (Deliver(),),
        (Acknowledge((4, 7, 9)),),
        (FetchMailbox(9, PAGE),),
        (Deliver(),),
        (Acknowledge((12, 13)),),
        (),
    ]
    assert state == Done(left=0)


def test_what_could_not_be_judged_gets_one_more_pass_with_fresh_logs() -> None:
    lists = (Listed({A: 1}, {A: 1}), Compared({A: 1}))
    first = (*lists, PageRead((1, 2), 0), Delivered((1,)), Acknowledged())

    _, seen = run(begin(), *first)
    state, again = run(
        begin(),
        *first,
        Listed({A: 2}, {A: 1}),
        Compared({A: 1}),
        LogRead(2, 2),
        PageRead((2,), 0),
        Delivered(()),
    )

    assert seen[-1] == (FetchSpaces(),)
    assert again[-1] == ()
    assert state == Done(left=1)


def test_a_page_of_which_nothing_was_stored_is_not_acknowledged() -> None:
    _, seen = run(begin(), *NOTHING, PageRead((1, 2), waiting=1), Delivered(()))

    assert seen[-1] == (FetchMailbox(2, PAGE),)


@pytest.mark.parametrize("indexes", [(2, 1), (1, 1), (0,), (5, 5)])
def test_a_queue_out_of_order_is_refused(indexes: tuple[int, ...]) -> None:
    with pytest.raises(ReorderedError):
        run(begin(), *NOTHING, PageRead(indexes, 0))


def test_a_page_served_again_is_refused() -> None:
    once = (PageRead((1, 2), 5), Delivered((1, 2)), Acknowledged())

    with pytest.raises(ReorderedError):
        run(begin(), *NOTHING, *once, PageRead((1, 2), 5))


def test_an_empty_page_ends_the_queue_whatever_is_said_to_wait() -> None:
    state, seen = run(begin(), *NOTHING, PageRead((), waiting=99))

    assert state == Done(left=0)
    assert seen[-1] == ()


def test_the_queue_alone_is_read_once() -> None:
    state, seen = run(begin_mailbox(), PageRead((1,), 0), Delivered(()))

    assert seen[0] == (FetchMailbox(0, PAGE),)
    assert state == Done(left=1)


def test_one_log_is_read_without_asking_for_the_list() -> None:
    _, seen = run(begin_log(A, 6), LogRead(206, 300), LogRead(300, 300))

    assert seen[:2] == [(FetchLog(A, 7),), (FetchLog(A, 207),)]


def test_an_event_out_of_turn_is_our_bug() -> None:
    with pytest.raises(BugError):
        run(begin(), Acknowledged())


@given(st.data())
def test_a_round_ends_even_if_the_store_lies_about_everything(data: st.DataObject) -> None:
    """Every index it can name without repeating itself moves on; everything else ends the round."""
    state, effects = begin()
    sequence = st.integers(-5, 5)
    for _ in range(200):
        if not effects:
            return
        event: Event
        match effects[0]:
            case FetchSpaces():
                spaces = st.dictionaries(st.sampled_from([A, B, C]), sequence)
                event = Listed(data.draw(spaces), data.draw(spaces))
            case Compare():
                event = Compared(data.draw(st.dictionaries(st.sampled_from([A, B, C]), sequence)))
            case FetchLog():
                event = LogRead(data.draw(sequence), data.draw(sequence))
            case FetchMailbox():
                page = tuple(data.draw(st.lists(st.integers(0, 20), max_size=4)))
                event = PageRead(page, data.draw(st.integers(-1, 5)))
            case Deliver():
                event = Delivered(data.draw(st.sampled_from([(), (1,)])))
            case Acknowledge():
                event = Acknowledged()
        try:
            state, effects = step(state, event)
        except ReorderedError:
            return
    raise AssertionError("the round did not end")
