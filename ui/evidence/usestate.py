"""What the sheets show before an exhibit is used: copies, permissions."""

from __future__ import annotations

from dataclasses import dataclass

from jitclient.views import Purpose
from ui.errors.cards import ErrorCard


@dataclass(frozen=True, slots=True)
class ExportState:
    """The sheet that asks what an export is for."""

    name: str  # of the exhibit, or how many they are
    several: bool = False
    purpose: Purpose = Purpose.WORK
    forbidden: str = ""
    none: bool = False  # nothing of it is allowed

    @property
    def can_go_on(self) -> bool:
        """Whether the button does something."""
        return not self.none


@dataclass(frozen=True, slots=True)
class PermissionState:
    """The sheet that records a permission of the originator."""

    name: str
    originator: str
    codes: tuple[str, ...]
    code: str
    given_by: str = ""
    reference: str = ""
    busy: bool = False
    problem: ErrorCard | None = None

    @property
    def can_record(self) -> bool:
        """Whether the button does something."""
        return bool(self.given_by.strip() and self.reference.strip()) and not self.busy
