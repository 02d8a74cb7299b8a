"""What the sheet of a customs detection shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jitclient.intakeviews import BY_NAME, STARRED
from protocol.facts import Facts
from ui.errors.cards import ErrorCard
from ui.evidence.state import Recipient


@dataclass(frozen=True, slots=True)
class IntakeState:
    """The form as typed, its images, and to whom it goes."""

    form: Facts = ()
    problems: Facts = ()  # by name
    images: tuple[Path, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    loading: bool = True
    busy: bool = False
    emptied: bool = False  # what was there can be brought back
    note: str = ""
    problem: ErrorCard | None = None

    @property
    def lacking(self) -> tuple[str, ...]:
        """The labels of what must still be filled in."""
        typed = dict(self.form)
        return tuple(BY_NAME[name].label for name in STARRED if not typed.get(name, "").strip())

    @property
    def can_hand_over(self) -> bool:
        """Whether the button does something."""
        return not (self.loading or self.busy or self.problems or self.lacking) and any(
            one.chosen for one in self.recipients
        )

    @property
    def can_print(self) -> bool:
        """Whether there is something to put on paper, and nothing wrong in it."""
        return not (self.loading or self.busy or self.problems) and bool(self.form)

    @property
    def can_empty(self) -> bool:
        """Whether there is something to begin anew from."""
        return not self.busy and bool(self.form or self.images)
