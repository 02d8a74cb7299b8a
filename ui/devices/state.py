"""What the sheets of devices show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from protocol.ids import DeviceId
from ui.errors.cards import ErrorCard

CODE_CHARS: Final = 16
CODE_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One own device."""

    device: DeviceId
    name: str
    facts: str
    fingerprint: str
    this: bool
    revoked: bool


@dataclass(frozen=True, slots=True)
class DevicesState:
    """The list of one's own devices."""

    lines: tuple[DeviceLine, ...] = ()
    editing: DeviceId | None = None
    loading: bool = True
    busy: str = ""
    problem: ErrorCard | None = None


class LinkStep(Enum):
    """Where linking stands at the device that is there."""

    PASSPHRASE = 1
    OFFER = 2
    CODE = 3
    DONE = 4
    ENDED = 5


@dataclass(frozen=True, slots=True)
class LinkState:
    """The sheet that links a further device."""

    step: LinkStep = LinkStep.PASSPHRASE
    line: str = ""
    modules: tuple[tuple[bool, ...], ...] = ()
    left: str = ""  # how long the offer stands
    name: str = ""  # of the device that asks
    fingerprint: str = ""
    code: str = ""  # typed so far, without spaces
    length: int = CODE_CHARS
    wrong: str = ""  # what is wrong with the code or the passphrase
    done: str = ""
    busy: str = ""
    problem: ErrorCard | None = None

    @property
    def whole(self) -> bool:
        """Whether the code has its length."""
        return len(self.code) == self.length
