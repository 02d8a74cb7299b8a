"""Wiping a closed space: key, files, proof of absence, receipt; resumable at every point.

    key -> files -> absent -> receipt -> posted

The phase names are kept in the device's database; a phase names what is still to be done, and each
of its effects may run twice. Key first, files second: whoever stops the machine between the two
leaves noise behind. The receipt is signed after the check and says what could not be reached; it
is a signed statement, no proof. Spec: docs/protocol/61-closing.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from protocol.errors import BugError


class Phase(Enum):
    """What is still to be done; the values are what is kept."""

    KEY = "key"
    FILES = "files"
    ABSENT = "absent"
    RECEIPT = "receipt"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class State:
    """One space being wiped; `remaining` names in words what could not be removed."""

    phase: Phase
    remaining: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class KeyDestroyed:
    """The space's key is gone: what is left of its files is noise."""


@dataclass(frozen=True, slots=True)
class FilesRemoved:
    """The space's database, parts and journals were unlinked as far as possible."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The folders were searched; `remaining` is empty when nothing is left."""

    remaining: str


@dataclass(frozen=True, slots=True)
class ReceiptSaved:
    """The signed WIPED receipt is kept until the store has it."""


@dataclass(frozen=True, slots=True)
class ReceiptPosted:
    """The store has the receipt."""


Event = KeyDestroyed | FilesRemoved | Checked | ReceiptSaved | ReceiptPosted


@dataclass(frozen=True, slots=True)
class SavePhase:
    """Commit the phase before anything that follows."""

    phase: Phase
    remaining: str = ""


@dataclass(frozen=True, slots=True)
class DestroyKey:
    """Destroy the wrapped space key; no error when it is gone already."""


@dataclass(frozen=True, slots=True)
class RemoveFiles:
    """Unlink everything of the space; no error for what is gone already."""


@dataclass(frozen=True, slots=True)
class CheckAbsence:
    """Search for anything of the space that is left."""


@dataclass(frozen=True, slots=True)
class SignReceipt:
    """Sign and keep the WIPED receipt, naming what remains."""

    remaining: str


Effect = SavePhase | DestroyKey | RemoveFiles | CheckAbsence | SignReceipt


def resume(
    name: str, *, remaining: str = "", signed: bool = False
) -> tuple[State, tuple[Effect, ...]]:
    """Go on from a kept phase; `"key"` begins.

    Args:
        name: the phase as kept.
        remaining: what the check found, if the phase is past it.
        signed: whether the receipt is kept already; then only posting it is left.

    Raises:
        BugError: no phase of that name.
    """
    try:
        state = State(Phase(name), remaining, signed)
    except ValueError as error:
        raise BugError(f"No phase of closing is called {name!r}.") from error
    return state, _todo(state)


def step(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """The next state, and what is to be done, in order.

    Raises:
        BugError: an event that cannot happen in this phase.
    """
    match state.phase, event:
        case Phase.KEY, KeyDestroyed():
            return _enter(State(Phase.FILES))
        case Phase.FILES, FilesRemoved():
            return _enter(State(Phase.ABSENT))
        case Phase.ABSENT, Checked(remaining):
            return _enter(State(Phase.RECEIPT, remaining))
        case Phase.RECEIPT, ReceiptSaved():
            return State(Phase.RECEIPT, state.remaining, signed=True), ()
        case Phase.RECEIPT, ReceiptPosted() if state.signed:
            return _enter(State(Phase.POSTED, state.remaining, signed=True))
        case Phase.POSTED, ReceiptPosted():
            return state, ()
        case _:
            raise BugError(f"{type(event).__name__} in phase {state.phase.value}")


def _enter(state: State) -> tuple[State, tuple[Effect, ...]]:
    return state, (SavePhase(state.phase, state.remaining), *_todo(state))


def _todo(state: State) -> tuple[Effect, ...]:
    match state.phase:
        case Phase.KEY:
            return (DestroyKey(),)
        case Phase.FILES:
            return (RemoveFiles(),)
        case Phase.ABSENT:
            return (CheckAbsence(),)
        case Phase.RECEIPT:
            return () if state.signed else (SignReceipt(state.remaining),)
        case Phase.POSTED:
            return ()
