"""Ranks what there is while a person types; what is shown belongs to what was typed last. No Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from jitclient.searchviews import folded
from protocol.errors import BadInputError, JitError
from ui.errors.cards import card_for
from ui.palette.matching import fit
from ui.palette.state import Entry, PaletteState
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

MANY: Final = 300
"""More entries than this are ranked off the window's thread."""
SHOWN: Final = 60
_LETTERS: Final = 2  # fewer are not searched for in messages and exhibits

Source = Callable[[], Awaitable[tuple[Entry, ...]]]
Finder = Callable[[str], Awaitable[tuple[Entry, ...]]]


class PalettePresenter(Presenter[PaletteState]):
    """One for each time the palette is opened; what was typed dies with it.

    Args:
        entries: what there is.
        more: reads what else there is, once, behind the open palette.
        find: searches messages and exhibits.
    """

    def __init__(
        self,
        tasks: TaskScope,
        entries: Sequence[Entry],
        more: Source | None = None,
        find: Finder | None = None,
    ) -> None:
        super().__init__(PaletteState())
        self._all: list[tuple[str, Entry]] = []
        self._find = find
        self._rank = Reload(tasks, self._ranked, name="palette")
        self._add(entries)
        self._show(PaletteState(rows=tuple(one for _, one in self._all)[:SHOWN]))
        if more is not None:
            tasks.start(self._more(more), name="palette-more")

    def typed(self, text: str) -> None:
        """The field changed."""
        self._show(replace(self.state, text=text))
        if len(self._all) <= MANY:
            self._take(text, ranked(folded(text).split(), self._all))
        self._rank()

    def _take(self, asked: str, rows: tuple[Entry, ...]) -> None:
        if self.state.text == asked:
            self._show(replace(self.state, rows=rows, ranked=asked))

    def _add(self, entries: Sequence[Entry]) -> None:
        self._all += [(folded(f"{one.title} {one.below}"), one) for one in entries]

    async def _more(self, more: Source) -> None:
        try:
            self._add(await more())
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
        self._rank()

    async def _ranked(self) -> None:
        asked = self.state.text
        words = folded(asked).split()
        every = tuple(self._all)
        if len(every) > MANY:
            rows = await asyncio.to_thread(ranked, words, every)
        else:
            rows = ranked(words, every)
        self._take(asked, rows)
        if self._find is not None and len("".join(words)) >= _LETTERS:
            await self._look(asked, rows, self._find)

    async def _look(self, asked: str, rows: tuple[Entry, ...], find: Finder) -> None:
        if self.state.text != asked:
            return
        self._show(replace(self.state, looking=True))
        found: tuple[Entry, ...] = ()
        problem = None
        try:
            found = await find(asked)
        except BadInputError:
            pass  # half a filter; the search sheet explains those
        except JitError as failure:
            problem = card_for(failure)
        shown = replace(self.state, looking=False, problem=problem)
        if self.state.text == asked:
            shown = replace(shown, rows=(*rows, *found))
        self._show(shown)


def ranked(words: Sequence[str], entries: Sequence[tuple[str, Entry]]) -> tuple[Entry, ...]:
    """Those that fit, the best first, the possible before what cannot be done now."""
    fitting = [
        (how, bool(one.why_not), at)
        for at, (text, one) in enumerate(entries)
        if (how := fit(words, text)) is not None
    ]
    fitting.sort(key=lambda one: (one[1], one[0], one[2]))
    return tuple(entries[at][1] for _, _, at in fitting[:SHOWN])
