"""What the first run shows, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from ui.errors.cards import ErrorCard
from ui.language import tr

FIRST_HINT: Final = (
    "At least 12 characters. Four or five unrelated words are strong and easy to type."
)


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
    hint: str = field(default_factory=lambda: tr(FIRST_HINT))
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


class JoinStep(Enum):
    """Joining a person's other devices: four steps, shown as dots."""

    LINE = 1
    CODE = 2
    CONFIRM = 3
    WORKING = 4


@dataclass(frozen=True, slots=True)
class JoinState:
    """`who` and `store` are filled once the line reads well, the rest by the other device."""

    step: JoinStep = JoinStep.LINE
    line: str = ""
    line_problem: str = ""
    who: str = ""
    store: str = ""
    device_name: str = ""
    code: str = ""
    authority: str = ""
    fingerprint: str = ""  # the first groups of the person's safety number
    strength: int = 0
    hint: str = ""
    passphrases_fit: bool = False
    repeat_problem: str = ""
    place: str = ""
    busy: str = ""
    problem: ErrorCard | None = None

    @property
    def can_go_on(self) -> bool:
        """Whether the step's button does something."""
        if self.busy:
            return False
        if self.step is JoinStep.LINE:
            return bool(self.who) and bool(self.device_name.strip())
        return self.step is JoinStep.CONFIRM and self.passphrases_fit
