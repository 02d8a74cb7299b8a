"""What the log shows."""

from __future__ import annotations

from dataclasses import dataclass

from protocol.ids import SpaceId
from ui import words
from ui.errors.cards import ErrorCard
from ui.language import number, tr


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry."""

    seq: int
    at: str
    exact: str
    actor: str
    what: str
    subject: str
    detail: str
    hash: str


@dataclass(frozen=True, slots=True)
class LogState:
    """Newest first."""

    space: SpaceId | None = None
    lines: tuple[LogLine, ...] = ()
    total: int = 0
    query: str = ""
    last: int = 0  # entry of the log, and its hash, that closes the chain
    closing: str = ""
    loading: bool = True
    problem: ErrorCard | None = None

    @property
    def chain(self) -> str:
        """Which entry closes the chain, in words; empty without entries."""
        if not self.closing:
            return ""
        return tr(
            "Entry {seq} closes the chain with {hash}",
            seq=number(self.last),
            hash=words.short(self.closing),
        )
