"""Key, files, check, receipt, post: in this order, and from every kept phase on again."""

from __future__ import annotations

import itertools

import pytest

from protocol.errors import BugError
from sync.machines.closing import (
    CheckAbsence,
    Checked,
    DestroyKey,
    Effect,
    Event,
    FilesRemoved,
    KeyDestroyed,
    Phase,
    ReceiptPosted,
    ReceiptSaved,
    RemoveFiles,
    SavePhase,
    SignReceipt,
    State,
    resume,
    step,
)

EVENTS: tuple[Event, ...] = (
    KeyDestroyed(),
    FilesRemoved(),
    Checked("one exported file"),
    ReceiptSaved(),
    ReceiptPosted(),
)


def test_a_whole_closing_does_everything_in_order() -> None:
    state, effects = resume("key")
    done = list(effects)

    for event in EVENTS:
        state, effects = step(state, event)
        done += effects

    left = "one exported file"
    assert done == [
        DestroyKey(),
        SavePhase(Phase.FILES),
        RemoveFiles(),
        SavePhase(Phase.ABSENT),
        CheckAbsence(),
        SavePhase(Phase.RECEIPT, left),
        SignReceipt(left),
        SavePhase(Phase.POSTED, left),
    ]
    assert state == State(Phase.POSTED, left, signed=True)


def test_no_file_is_touched_before_the_key_is_gone_and_that_is_kept() -> None:
    _, effects = step(State(Phase.KEY), KeyDestroyed())

    assert effects.index(SavePhase(Phase.FILES)) < effects.index(RemoveFiles())


@pytest.mark.parametrize(
    ("phase", "signed", "todo"),
    [
        ("key", False, (DestroyKey(),)),
        ("files", False, (RemoveFiles(),)),
        ("absent", False, (CheckAbsence(),)),
        ("receipt", False, (SignReceipt("x"),)),
        ("receipt", True, ()),
        ("posted", True, ()),
    ],
)
def test_a_kept_phase_is_gone_on_with(phase: str, signed: bool, todo: tuple[Effect, ...]) -> None:
    state, effects = resume(phase, remaining="x", signed=signed)

    assert state == State(Phase(phase), "x", signed)
    assert effects == todo


@pytest.mark.parametrize("crashes", list(itertools.product([False, True], repeat=5)))
def test_a_crash_after_any_step_changes_nothing_about_the_end(crashes: tuple[bool, ...]) -> None:
    """After a crash only what was kept is known: the phase, what remains, and the receipt."""
    state, effects = resume("key")
    removed: list[Effect] = [*effects]

    for event, crash in zip(EVENTS, crashes, strict=True):
        state, effects = step(state, event)
        removed += effects
        if crash:
            state, effects = resume(
                state.phase.value, remaining=state.remaining, signed=state.signed
            )
            removed += effects

    assert state == State(Phase.POSTED, "one exported file", signed=True)
    order = [e for e in removed if isinstance(e, SavePhase)]
    assert order == sorted(order, key=lambda e: list(Phase).index(e.phase))


def test_a_receipt_is_posted_only_after_it_was_kept() -> None:
    with pytest.raises(BugError):
        step(State(Phase.RECEIPT), ReceiptPosted())


def test_the_stores_second_answer_changes_nothing() -> None:
    end = State(Phase.POSTED, "", signed=True)

    assert step(end, ReceiptPosted()) == (end, ())


def test_an_unknown_phase_or_an_event_out_of_turn_is_our_bug() -> None:
    with pytest.raises(BugError):
        resume("burning")
    with pytest.raises(BugError):
        step(State(Phase.KEY), FilesRemoved())
