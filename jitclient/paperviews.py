"""Papers of a space that a person has written to a file. Pure.

Part of what both faces show, as `jitclient.views`.
"""

from __future__ import annotations

from enum import StrEnum


class PaperKind(StrEnum):
    """What the paper is; a kind of `localstore.outside`."""

    LIST = "list"  # of exhibits handed over
    DETECTION = "detection"
    NUMBERS = "numbers"  # safety numbers of the members
    LOG = "log"
    CHECK = "check"  # what reading a space again has found

    @property
    def counted(self) -> str:
        """What the log of a space counts on it; empty: nothing."""
        return {"list": "exhibits", "numbers": "people", "log": "entries"}.get(self, "")
