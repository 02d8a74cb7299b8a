"""What the log shows."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.ids import SpaceId
from ui import words
from ui.custody.lines import EVERYTHING, LogFilter, LogLine
from ui.errors.cards import ErrorCard
from ui.language import number, tr


@dataclass(frozen=True, slots=True)
class LogState:
    """Newest first."""

    space: SpaceId | None = None
    lines: tuple[LogLine, ...] = ()
    total: int = 0
    filter: LogFilter = EVERYTHING
    actors: tuple[str, ...] = ()  # that can be asked for, by name
    acts: tuple[str, ...] = ()
    first: str = ""  # day of the oldest entry and of the newest
    newest: str = ""
    last: int = 0  # entry of the log, and its hash, that closes the chain
    closing: str = ""
    verified: str = ""  # when the chain was followed up to `last`, and stood
    breach: ErrorCard | None = None  # the chain does not stand
    loading: bool = True
    problem: ErrorCard | None = None

    @property
    def query(self) -> str:
        """The words that are looked for."""
        return self.filter.words

    @property
    def chain(self) -> str:
        """Which entry closes the chain, in words; empty without entries."""
        if not self.closing:
            return ""
        if self.verified:
            return tr("Verified to entry {seq} at {at}", seq=number(self.last), at=self.verified)
        return tr(
            "Entry {seq} closes the chain with {hash}",
            seq=number(self.last),
            hash=words.short(self.closing),
        )
