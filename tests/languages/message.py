"""One entry of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One entry of a catalogue: its source, the plural of it, and a context where it has one."""

    text: str
    plural: str = ""
    context: str = ""
    where: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one entry."""
        return self.context, self.text
