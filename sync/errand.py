"""What a round is for: everything, or only what somebody has just asked for.

A whole round asks for spaces, logs, queue and wipes. Most rounds begin because a message was
written here, or because the store says that one came; those need one request, not five. A store
that sends the wrong wake-ups gains nothing: a whole round runs once a minute whatever it says.
"""

from __future__ import annotations

from enum import Flag, auto
from typing import Final

from sync.machines.link import POLL_SECONDS


class Errand(Flag):
    """Why a round runs."""

    SEND = auto()
    """Something was saved here that should leave."""
    QUEUE = auto()
    """Something was put into this device's queue."""
    ANSWER = auto()
    """What came is acknowledged, and answered with receipts: so soon that many go together, and
    late enough not to stand between a text and its reader."""
    PUSHED = auto()
    """The store gave what was put into this device's queue along with the wake-up."""
    REST = auto()
    EVERYTHING = SEND | QUEUE | ANSWER | PUSHED | REST


NOTHING: Final = Errand(0)

WAKES: Final = {"mailbox": Errand.QUEUE}
"""What a wake-up asks for, by its word; every other asks for everything."""

ANSWER_SECONDS: Final = 0.25
"""From the first thing that came until it is acknowledged and answered."""


class Errands:
    """Collects what is wanted until the next round begins."""

    def __init__(self) -> None:
        self._wanted = Errand.EVERYTHING
        self._whole_at: float | None = None
        self._sound = False

    def add(self, errand: Errand) -> None:
        """Something more is wanted."""
        self._wanted |= errand

    def take(self, now: float, *, listening: bool) -> Errand:
        """What the round that begins now is for.

        Everything, unless a sound whole round ran within the last minute and wake-ups come.
        """
        wanted, self._wanted = self._wanted, NOTHING
        if wanted and self._sound and listening and not self.is_due(now):
            return wanted
        return Errand.EVERYTHING

    def is_due(self, now: float) -> bool:
        """Whether a minute has passed since the last whole round, whatever was asked for since."""
        return self._whole_at is None or not 0 <= now - self._whole_at < POLL_SECONDS

    def ended(self, errand: Errand, now: float, *, sound: bool) -> None:
        """A round has ended; after one that could not read every log the next is whole."""
        self._sound = sound and (self._sound or errand is Errand.EVERYTHING)
        if errand is Errand.EVERYTHING:
            self._whole_at = now
