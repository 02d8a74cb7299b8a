"""What the first run shows, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ui.errors.cards import ErrorCard


class Step(Enum):
    """Three steps, shown as dots."""

    INVITATION = 1
    PASSPHRASE = 2
    WORKING = 3


@dataclass(frozen=True, slots=True)
class FirstRunState:
    """`address` and `fingerprint` are filled once the invitation reads well."""

    step: Step = Step.INVITATION
    invitation: str = ""
    address: str = ""
    fingerprint: str = ""
    invitation_problem: str = ""
    strength: int = 0  # 0 to 4
    hint: str = "At least 12 characters. Four or five unrelated words are strong and easy to type."
    passphrases_fit: bool = False
    repeat_problem: str = ""
    keyring: bool | None = None  # None: not known yet
    place: str = ""
    working: str = ""
    problem: ErrorCard | None = None

    @property
    def can_go_on(self) -> bool:
        """Whether the step's button does something."""
        if self.step is Step.INVITATION:
            return bool(self.address)
        return self.step is Step.PASSPHRASE and self.passphrases_fit
