"""What the window of the help shows."""

from __future__ import annotations

from dataclasses import dataclass

from ui.help.book import Found
from ui.help.page import Page, Place


@dataclass(frozen=True, slots=True)
class HelpState:
    """`rows` are the pages, or what was found; `at` is where the page is opened.

    `turn` tells two openings apart; `down` is how far it was read when it was left, in px.
    """

    page: Page
    at: Place
    query: str = ""
    rows: tuple[Found, ...] = ()
    back: bool = False
    forward: bool = False
    turn: int = 0
    down: int | None = None

    @property
    def chosen(self) -> int:
        """The row of what is shown; -1 if it is not among them."""
        rows = [one.at for one in self.rows]
        whole = Place(self.at.page)
        return next((rows.index(one) for one in (self.at, whole) if one in rows), -1)
