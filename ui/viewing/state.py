"""What the window of the safe viewer shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jitclient.pageviews import Encoding, Pixels
from jitclient.views import ExhibitRow
from ui.errors.cards import ErrorCard


class Fit(Enum):
    """How a page is laid into the window."""

    PAGE = "page"
    WIDTH = "width"


@dataclass(frozen=True, slots=True)
class Seen:
    """How an exhibit was left: that is where a person goes on."""

    page: int
    fit: Fit
    zoom: float
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class ViewState:
    """One exhibit. `page` counts from 0; `pages` is 0 until it is open."""

    mark: str  # whose eyes and when, over every page
    name: str = ""
    marks: str = ""  # handling codes, TLP and other markings of the exhibit
    row: ExhibitRow | None = None  # with what this person made of it
    tags: tuple[str, ...] = ()  # of the space; those of the keys 1 to 9 first
    place: str = ""  # among those that are looked at one after the other
    before: bool = False  # there is one to go back to
    after: bool = False
    trouble: ErrorCard | None = None  # with what was noted, not with the exhibit
    loading: bool = True
    problem: ErrorCard | None = None
    insists: bool = False  # it can be opened all the same
    export: bool = False  # exporting is the way that is left
    pages: int = 0
    page: int = 0
    what: str = ""
    cut: str = ""
    text: bool = False
    encoding: Encoding = Encoding.OWN
    fit: Fit = Fit.PAGE
    zoom: float = 1.0
    pixels: Pixels | None = None

    def left(self) -> Seen:
        """How it is left now."""
        return Seen(self.page, self.fit, self.zoom, self.encoding)
