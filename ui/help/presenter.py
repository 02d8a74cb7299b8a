"""Leads through the help: a page, what was found, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ui.help.book import FIRST, Book, Found
from ui.help.page import Place
from ui.help.state import HelpState
from ui.presenting import Presenter


class HelpPresenter(Presenter[HelpState]):
    """One for each window; what was typed dies with it."""

    def __init__(self, book: Book, at: Place) -> None:
        self._book = book
        at = self._good(at)
        pages = tuple(Found(Place(one.name), one.title, "") for one in book.pages.values())
        super().__init__(HelpState(book.pages[at.page], at, rows=pages))
        self._pages = pages
        self._trail = [at]
        self._step = 0
        self._left: dict[int, int] = {}  # by the step: how far a page was read, in px
        self.reading: Callable[[], int] = lambda: 0  # how far the page in front is read

    def go(self, at: Place) -> None:
        """Open a place; what lay ahead on the way is forgotten."""
        at = self._good(at)
        self._left[self._step] = self.reading()
        if at != self.state.at:
            self._trail = [*self._trail[: self._step + 1], at]
            self._step += 1
        self._open(at)

    def step(self, by: int) -> None:
        """Back or forward on the way that was taken."""
        if 0 <= self._step + by < len(self._trail):
            self._left[self._step] = self.reading()
            self._step += by
            self._open(self._trail[self._step], self._left.get(self._step))

    def typed(self, text: str) -> None:
        """What is looked for changed; the page stays."""
        rows = self._book.find(text) if text.strip() else self._pages
        self._show(replace(self.state, query=text, rows=rows))

    def _open(self, at: Place, down: int | None = None) -> None:
        self._show(
            replace(
                self.state,
                page=self._book.pages[at.page],
                at=at,
                back=self._step > 0,
                forward=self._step < len(self._trail) - 1,
                turn=self.state.turn + 1,
                down=down,
            )
        )

    def _good(self, at: Place) -> Place:
        """A code without an entry leads to the beginning of its page."""
        if self._book.section(at) is not None:
            return at
        return Place(at.page if at.page in self._book.pages else FIRST)
