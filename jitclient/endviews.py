"""What both faces show of a space that ended, beside its wipe receipts. Pure.

Part of what both faces show, as `jitclient.views`.
"""

from __future__ import annotations

from dataclasses import dataclass

_WHAT = {
    "exhibit": "Saved copy of an exhibit",
    "sheet": "Sheet of facts beside a saved copy",
    "list": "Hand-over list",
    "detection": "Customs detection",
    "numbers": "List of safety numbers",
    "log": "Custody log",
    "check": "Report of a check",
    "proof": "Proof of two lists of members",
    "unfinished": "Copy that was cut off, in a folder that was not there",
    "source": "Folder that own exhibits were handed over from",
    "member": "Removed before the end, and not told of it",
    "profile": "Copy of the whole profile",
    "file": "File of the profile that the system did not let go",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedRow:
    """What the wipe on this device could not reach: a path, or a person's name."""

    what: str  # a kind of `localstore.unreached`
    name: str
    at: int | None

    @property
    def word(self) -> str:
        """The kind, for people."""
        return _WHAT.get(self.what, self.what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """What a closing would end or leave behind, as this device sees it now.

    `…_names`: of the first of them, by number; `owing`: persons who have not verified what was
    handed over to them from here, with the number of exhibits, most first.
    """

    unsaved: int  # exhibits of others without a copy outside
    unsaved_names: tuple[str, ...]
    moving: int  # exhibits that travel, wait, or stand still on their way
    moving_names: tuple[str, ...]
    messages: int  # that the store does not have yet
    owing: tuple[tuple[str, int], ...]
