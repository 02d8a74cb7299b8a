"""What the window of the safe viewer shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jitclient.pageviews import Encoding, Pixels
from ui.errors.cards import ErrorCard


class Fit(Enum):
    """How a page is laid into the window."""

    PAGE = "page"
    WIDTH = "width"


@dataclass(frozen=True, slots=True)
class ViewState:
    """One exhibit. `page` counts from 0; `pages` is 0 until it is open."""

    name: str
    mark: str  # whose eyes and when, over every page
    marks: str = ""  # handling codes, TLP and other markings of the exhibit
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
