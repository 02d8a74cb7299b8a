"""A part of a page that is made by a program, between two lines that say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """Where it stands."""

    page: Path
    begin: str
    end: str

    def remade(self, text: str, made: str) -> str:
        """The page with this part in its place."""
        before, _, rest = text.partition(self.begin)
        _, _, after = rest.partition(self.end)
        return before + self.begin + made + self.end + after

    def write(self, made: str) -> None:
        """Put it into the page."""
        text = self.page.read_text("utf-8")
        self.page.write_text(self.remade(text, made), "utf-8", newline="\n")
