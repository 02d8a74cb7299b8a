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
