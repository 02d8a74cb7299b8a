"""What the strip says."""

from __future__ import annotations

from dataclasses import dataclass

from ui import words
from ui.language import tr
from ui.words import Badge


def synced(last_sync: int | None, now: int) -> str:
    """When the store was last reached."""
    if not last_sync:
        return tr("Not synchronised yet")
    return tr("Synchronised {last_sync}", last_sync=words.ago(last_sync, now))


@dataclass(frozen=True, slots=True)
class StatusState:
    """Five places, always filled; empty words hide the optional ones."""

    connection: Badge = Badge("", "refresh-cw")
    synced: str = ""
    transfers: Badge = Badge("", "")
    retention: Badge = Badge("", "")
    security: Badge = Badge("", "")
    keyring: bool = True
    sheet: bool = True  # a recovery sheet was confirmed
    notice: str = ""
    undo: bool = False  # what the notice says can be taken back
    problem: str = ""
