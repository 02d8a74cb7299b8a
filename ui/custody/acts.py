"""The acts of the log in words."""

from __future__ import annotations

from typing import Final

from ui.language import tr
from ui.words import plain

ACTS: Final[dict[str, str]] = {
    "space-opened": "Space opened",
    "joined": "Space joined",
    "member-add": "Member added",
    "member-remove": "Member removed",
    "member-role": "Role changed",
    "member-devices": "Devices changed",
    "member-history": "Earlier messages opened",
    "member-policy": "Policy changed",
    "past-shared": "Earlier messages received",
    "member-close": "Space closed",
    "verified": "Numbers compared",
    "numbers-differ": "Numbers differ",
    "exhibit-added": "Exhibit added",
    "acquisition-equal": "Equal to the acquisition",
    "acquisition-differs": "Not what was acquired",
    "exhibit-kept-back": "Exhibit not handed over",
    "list-printed": "Hand-over list printed",
    "detection-printed": "Detection printed",
    "numbers-printed": "Safety numbers printed",
    "log-printed": "Log printed",
    "check-printed": "Report of a check printed",
    "permission-recorded": "Permission recorded",
    "exhibit-handed-over": "Exhibit handed over",
    "exhibit-received": "Exhibit announced",
    "put-back": "Old copy put back; new device",
    "exhibit-verified": "Exhibit verified",
    "exhibit-checked": "Exhibit checked again",
    "space-checked": "Space checked",
    "exhibit-viewed": "Exhibit looked at",
    "exhibit-not-shown": "The viewer ended on it",
    "exhibit-exported": "Exhibit exported",
    "exhibit-refused": "Exhibit refused",
    "exhibit-withdrawn": "Exhibit withdrawn",
}


def act(what: str) -> str:
    """An act of the log in words; one that is new here is shown by its code."""
    known = ACTS.get(what)
    return tr(known) if known else plain(what).replace("-", " ").capitalize()
