"""The life of an upload, as its transition table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import BugError, ErasedError, SourceChangedError, StoreUnreachableError
from sync.machines import transfer as m
from sync.machines.upload import step

T0, T1, T3 = m.Tries(), m.Tries(1), m.Tries(3)
LOST = m.LinkLost(jitter=0.5)
CHANGED = SourceChangedError("changed")


def run(*events: m.Event, state: m.State | None = None) -> tuple[m.State, list[m.Effect]]:
    now: m.State = state or m.Idle()
    done: list[m.Effect] = []
    for event in events:
        now, effects = step(now, event)
        done += effects
    return now, done


def test_an_upload_announces_moves_completes_and_is_done() -> None:
    state, effects = run(
        m.Start(), m.Opened(), m.PartMoved(), m.PartMoved(), m.AllMoved(), m.Closed()
    )

    assert state == m.Done()
    assert effects == [m.Open(), m.Move(), m.Close()]


@pytest.mark.parametrize(
    "state", [m.Opening(T0), m.Moving(T0), m.Closing(T0)], ids=["opening", "moving", "closing"]
)
def test_a_lost_link_waits_and_announces_again(state: m.State) -> None:
    after, effects = run(LOST, state=state)
    again, more = run(m.Due(), state=after)

    assert after == m.Waiting(T1)
    assert effects == [m.Abort(), m.WakeIn(1.0)]
    assert (again, more) == (m.Opening(T1), [m.Open()])


def test_the_wait_grows_to_a_minute_and_progress_resets_it() -> None:
    state: m.State = m.Opening(m.Tries(9))
    state, effects = step(state, m.LinkLost(jitter=1.0))

    assert effects[-1] == m.WakeIn(60.0)
    moving, _ = run(m.Due(), m.Opened(), m.PartMoved(), state=state)
    assert moving == m.Moving(T0)


def test_the_store_may_ask_for_a_longer_wait() -> None:
    _, effects = run(m.LinkLost(jitter=0.0, at_least=17.0), state=m.Moving(T0))

    assert effects[-1] == m.WakeIn(17.0)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_every_wait_is_between_a_second_and_a_minute(tries: int, jitter: float) -> None:
    assert 1.0 <= m.backoff(tries, jitter) <= 60.0


def test_patience_ends_after_the_given_number_of_failures() -> None:
    patient = m.Moving(m.Tries(2, most=2))

    state, effects = run(LOST, state=patient)

    assert isinstance(state, m.Failed)
    assert isinstance(state.error, StoreUnreachableError)
    assert effects == [m.Abort()]


@pytest.mark.parametrize("state", [m.Opening(T3), m.Moving(T3), m.Closing(T3), m.Waiting(T3)])
def test_a_pause_stops_everything_and_resuming_announces(state: m.State) -> None:
    paused, effects = run(m.Pause(), state=state)
    late, nothing = run(m.PartMoved(), LOST, m.Due(), state=paused)
    resumed, more = run(m.Resume(), state=late)

    assert (paused, effects) == (m.Paused(T0), [m.Abort()])
    assert (late, nothing) == (paused, [])
    assert (resumed, more) == (m.Opening(T0), [m.Open()])


def test_a_pause_before_the_start_holds() -> None:
    state, effects = run(m.Pause(), m.Start())

    assert state == m.Paused(T0)
    assert effects == []


@pytest.mark.parametrize(
    "state", [m.Idle(), m.Opening(T0), m.Moving(T0), m.Closing(T0), m.Waiting(T0), m.Paused(T0)]
)
def test_cancelling_and_final_errors_end_every_state(state: m.State) -> None:
    erased = ErasedError("gone")

    assert run(m.Cancel(), state=state) == (m.Cancelled(), [m.Abort()])
    assert run(m.Broken(CHANGED), state=state) == (m.Failed(CHANGED), [m.Abort()])
    assert run(m.Broken(erased), state=state) == (m.Failed(erased), [m.Abort()])


@pytest.mark.parametrize("state", [m.Done(), m.Cancelled(), m.Failed(CHANGED)])
@pytest.mark.parametrize("event", [m.Start(), m.Due(), LOST, m.Cancel(), m.Broken(CHANGED)])
def test_nothing_happens_after_the_end(state: m.State, event: m.Event) -> None:
    assert run(event, state=state) == (state, [])


def test_a_line_on_which_nothing_moves_counts_as_lost() -> None:
    first, _ = step(m.Moving(T0), m.Tick(moved=0, now=100.0, jitter=0.0))
    still, effects = step(first, m.Tick(moved=m.STALL_BYTES - 1, now=129.9, jitter=0.0))
    lost, aborted = step(still, m.Tick(moved=m.STALL_BYTES - 1, now=130.0, jitter=0.0))

    assert (still, effects) == (first, ())
    assert (lost, aborted) == (m.Waiting(T1), (m.Abort(), m.WakeIn(1.0)))


def test_a_slow_line_that_moves_is_not_lost() -> None:
    state: m.State = m.Moving(T0)
    for second in range(0, 600, 20):
        moved = second * 4096
        state, effects = step(state, m.Tick(moved=moved, now=float(second), jitter=0.0))
        assert effects == ()

    assert isinstance(state, m.Moving)


def test_a_finished_part_counts_as_movement_even_without_bytes() -> None:
    state, _ = step(m.Moving(T0), m.Tick(moved=0, now=0.0, jitter=0.0))
    state, _ = step(state, m.PartMoved())
    state, effects = step(state, m.Tick(moved=0, now=40.0, jitter=0.0))

    assert isinstance(state, m.Moving)
    assert effects == ()


def test_parts_the_store_lost_are_found_by_announcing_again() -> None:
    state, effects = run(m.NotReady(jitter=0.0), m.Due(), state=m.Closing(T0))

    assert state == m.Opening(T1)
    assert effects == [m.Abort(), m.WakeIn(1.0), m.Open()]


def test_an_impossible_event_is_our_mistake() -> None:
    with pytest.raises(BugError):
        step(m.Opening(T0), m.PartMoved())
    with pytest.raises(BugError):
        step(m.Idle(), m.Opened())


def test_resuming_what_is_not_paused_changes_nothing() -> None:
    assert step(m.Moving(T1), m.Resume()) == (m.Moving(T1), ())
