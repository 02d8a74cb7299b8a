"""The life of a download, as its transition table."""

from __future__ import annotations

import pytest

from protocol.errors import BugError, ErasedError, HashMismatchError, PartCorruptedError
from sync.machines import transfer as m
from sync.machines.download import step

T0, T1 = m.Tries(), m.Tries(1)


def run(*events: m.Event, state: m.State | None = None) -> tuple[m.State, list[m.Effect]]:
    now: m.State = state or m.Idle()
    done: list[m.Effect] = []
    for event in events:
        now, effects = step(now, event)
        done += effects
    return now, done


def test_a_download_asks_fetches_verifies_and_is_done() -> None:
    state, effects = run(m.Start(), m.Opened(), m.PartMoved(), m.AllMoved(), m.Closed())

    assert state == m.Done()
    assert effects == [m.Open(), m.Move(), m.Close()]


def test_a_file_still_being_uploaded_is_asked_for_later() -> None:
    state, effects = run(m.Start(), m.NotReady(jitter=0.0), m.Due())

    assert state == m.Opening(T1)
    assert effects == [m.Open(), m.Abort(), m.WakeIn(1.0), m.Open()]


@pytest.mark.parametrize("state", [m.Opening(T0), m.Moving(T0)])
def test_a_lost_link_waits_and_asks_again(state: m.State) -> None:
    after, effects = run(m.LinkLost(jitter=0.99), state=state)

    assert after == m.Waiting(T1)
    assert effects == [m.Abort(), m.WakeIn(1.98)]


@pytest.mark.parametrize(
    "error", [PartCorruptedError("part 3"), HashMismatchError("whole"), ErasedError("gone")]
)
@pytest.mark.parametrize("state", [m.Opening(T0), m.Moving(T0), m.Closing(T0)])
def test_a_failed_check_is_final(state: m.State, error: ErasedError) -> None:
    assert run(m.Broken(error), state=state) == (m.Failed(error), [m.Abort()])


def test_a_pause_and_a_resume_ask_again() -> None:
    state, effects = run(m.Pause(), m.Resume(), state=m.Moving(T1))

    assert state == m.Opening(T0)
    assert effects == [m.Abort(), m.Open()]


def test_a_pause_before_the_start_holds() -> None:
    assert run(m.Pause(), m.Start()) == (m.Paused(T0), [])


def test_cancelling_ends_it() -> None:
    assert run(m.Cancel(), state=m.Closing(T0)) == (m.Cancelled(), [m.Abort()])


def test_a_line_on_which_nothing_moves_counts_as_lost() -> None:
    state, effects = run(
        m.Tick(moved=5, now=0.0, jitter=0.0),
        m.Tick(moved=5, now=30.0, jitter=0.0),
        state=m.Moving(T0),
    )

    assert state == m.Waiting(T1)
    assert effects == [m.Abort(), m.WakeIn(1.0)]


def test_the_last_step_is_local_and_cannot_lose_the_link() -> None:
    with pytest.raises(BugError):
        step(m.Closing(T0), m.LinkLost(jitter=0.0))


def test_resuming_what_is_not_paused_changes_nothing() -> None:
    assert step(m.Moving(T1), m.Resume()) == (m.Moving(T1), ())
    assert step(m.Waiting(T1), m.Tick(0, 0.0, 0.0)) == (m.Waiting(T1), ())
