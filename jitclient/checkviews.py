"""What a check of a whole space found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was: an exhibit by its label, or a part of the space."""

    what: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SpaceCheck:
    """What was read: exhibits that are sound, bytes; what is not here to be read; what is wrong."""

    sound: int
    size: int
    elsewhere: tuple[str, ...]
    findings: tuple[Finding, ...]
