"""Leads through the first run. Passphrases pass through and are kept nowhere here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Final

from protocol.errors import InvitationError, JitError, StoreUnreachableError, WrongPassphraseError
from ui import words
from ui.errors.cards import ErrorCard, card_for
from ui.firstrun.state import FIRST_HINT, FirstRunState, Step
from ui.language import told, tr
from ui.ports import DeskPort, DoorPort
from ui.presenting import Presenter
from ui.tasks import TaskScope
from ui.theme.tokens import Tone

SHORTEST: Final = 12
ACCEPTABLE: Final = 2  # of 4
HINTS: Final = (
    FIRST_HINT,
    "Too short: at least 12 characters.",
    "Acceptable. Another word or two makes it much stronger.",
    "Good.",
    "Strong.",
)
_SAME_LETTERS: Final = "Too simple: use at least six different characters."
_KEPT: Final = (
    "What was begun is kept here, sealed with the passphrase. The invitation is kept with it."
)
_SAME: Final = "The passphrase of the first try is needed, because it already seals the keys."
_UNFINISHED: Final = ErrorCard(
    "Setting up was cut off",
    "This computer made its keys, but the store has not confirmed them.",
    _KEPT,
    "Paste the same invitation, and use the same passphrase.",
    "not-enrolled",
    Tone.WARN,
)


class FirstRunPresenter(Presenter[FirstRunState]):
    """Hands the desk to `on_open` when the store accepted the enrolment."""

    def __init__(
        self, door: DoorPort, tasks: TaskScope, on_open: Callable[[DeskPort], None], place: str
    ) -> None:
        super().__init__(FirstRunState(place=place))
        self._door = door
        self._tasks = tasks
        self._on_open = on_open

    def begin(self, *, unfinished: bool = False, problem: ErrorCard | None = None) -> None:
        """Find out, off the window's thread, whether there is a keyring.

        Args:
            unfinished: an earlier set-up of this profile was cut off.
            problem: why it does not go on by itself.
        """
        if unfinished:
            self._show(replace(self.state, problem=problem or _UNFINISHED.spoken()))
        self._tasks.start(self._ask_keyring(), name="keyring")

    def invitation_changed(self, text: str) -> None:
        """Read what was pasted; nothing is sent."""
        text = text.strip()
        address = fingerprint = problem = ""
        if text:
            try:
                preview = self._door.read_invitation(text)
                address, fingerprint = preview.address, words.fingerprint(preview.fingerprint)
            except JitError as failure:
                problem = told(failure.sentence)
        self._show(
            replace(
                self.state,
                invitation=text,
                address=address,
                fingerprint=fingerprint,
                invitation_problem=problem,
                problem=None,
            )
        )

    def passphrases_changed(self, first: str, second: str) -> None:
        """Judge the length, and whether both are the same."""
        self._show(replace(self.state, **asdict(judged(first, second)), problem=None))

    def go_on(self) -> None:
        """To the passphrase."""
        if self.state.step is Step.INVITATION and self.state.can_go_on:
            self._show(replace(self.state, step=Step.PASSPHRASE, problem=None))

    def back(self) -> None:
        """To the invitation."""
        if self.state.step is Step.PASSPHRASE:
            self._show(replace(self.state, step=Step.INVITATION, problem=None))

    def enrol(self, passphrase: str, again: str) -> None:
        """Make this computer's keys and use the invitation."""
        self.passphrases_changed(passphrase, again)
        if self.state.step is not Step.PASSPHRASE or not self.state.can_go_on:
            return
        self._show(
            replace(
                self.state,
                step=Step.WORKING,
                working=tr("Making this computer's keys and introducing them to the store…"),
                problem=None,
            )
        )
        self._tasks.start(self._enrol(passphrase), name="enrol")

    async def _enrol(self, passphrase: str) -> None:
        try:
            desk = await self._door.enrol(self.state.invitation, passphrase)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            unusable = isinstance(failure, InvitationError)
            step = Step.INVITATION if unusable else Step.PASSPHRASE
            self._show(replace(self.state, step=step, problem=set_up_card(failure)))
        else:
            self._on_open(desk)

    async def _ask_keyring(self) -> None:
        self._show(replace(self.state, keyring=await self._door.check_keyring()))


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a new passphrase and its repetition; fields of both screens' states."""

    strength: int
    hint: str
    passphrases_fit: bool
    repeat_problem: str


def judged(first: str, second: str) -> Judged:
    """Judge the length, and whether both are the same; a beginning is no difference yet."""
    strength = strength_of(first)
    differ = bool(second) and first != second
    early = differ and first.startswith(second)
    return Judged(
        strength=strength,
        hint=tr(_SAME_LETTERS if strength == 1 and len(first) >= SHORTEST else HINTS[strength]),
        passphrases_fit=strength >= ACCEPTABLE and first == second,
        repeat_problem=tr("The two differ.") if differ and not early else "",
    )


def strength_of(passphrase: str) -> int:
    """0 empty, 1 too short, 2 acceptable, 3 good, 4 strong: by length and variety of characters."""
    if not passphrase:
        return 0
    if len(passphrase) < SHORTEST or len(set(passphrase)) < 6:
        return 1
    return 2 if len(passphrase) < 16 else 3 if len(passphrase) < 24 else 4


def set_up_card(failure: Exception) -> ErrorCard:
    """The general cards speak to somebody who has a profile already."""
    card = card_for(failure)
    if isinstance(failure, StoreUnreachableError):
        return replace(
            card,
            sentence=tr("The store cannot be reached, so this computer is not set up yet."),
            safe=tr(_KEPT),
            todo=tr(
                "Check the network, then try again, also tomorrow: the same passphrase is enough."
            ),
        )
    if isinstance(failure, WrongPassphraseError):
        return replace(
            card,
            title=tr("An earlier try used another passphrase"),
            sentence=tr("Setting up was begun before, with a passphrase that is not this one."),
            safe=tr(_KEPT),
            todo=tr(_SAME),
        )
    return card
