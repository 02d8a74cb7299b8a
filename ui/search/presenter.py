"""Searches while a person types; what is shown always belongs to what was typed last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo

from jitclient.searchviews import Marked, Place, SearchHit, SearchPage
from protocol.errors import BadInputError, JitError
from protocol.ids import SpaceId
from ui import words
from ui.errors.cards import card_for
from ui.language import told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.search.state import HitItem, SearchState
from ui.tasks import Reload, TaskScope


class SearchPresenter(Presenter[SearchState]):
    """One for each time the sheet is opened; what was typed dies with it.

    Args:
        here: the space in front and its title, if there is one.
        everywhere: whether to look in all spaces at first.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        here: tuple[SpaceId, str] | None,
        *,
        everywhere: bool,
        zone: tzinfo | None = None,
    ) -> None:
        space, title = here if here is not None else (None, "")
        super().__init__(
            SearchState(here=space, title=title, everywhere=everywhere or space is None)
        )
        self._desk = desk
        self._tasks = tasks
        self._zone = zone
        self._below: Mapping[Place, int] = {}
        self._search = Reload(tasks, self._find, name="search")

    def typed(self, text: str) -> None:
        """The field changed."""
        if not text.strip():
            self._below = {}
            cleared = SearchState(here=self.state.here, title=self.state.title)
            self._show(replace(cleared, text=text, everywhere=self.state.everywhere))
            return
        self._show(replace(self.state, text=text, searched=False))
        self._search()

    def look(self, *, everywhere: bool) -> None:
        """Look in all spaces, or in the one in front."""
        if self.state.here is not None and everywhere != self.state.everywhere:
            self._show(replace(self.state, everywhere=everywhere, searched=False))
            if self.state.text.strip():
                self._search()

    def more(self) -> None:
        """Show the next page too."""
        if self.state.more and self.state.searched and not self.state.busy:
            self._show(replace(self.state, busy=True))
            self._tasks.start(self._more(), name="search-more")

    async def _find(self) -> None:
        asked = self.state
        if asked.searched or not asked.text.strip():
            return
        self._show(replace(self.state, busy=True))
        page = await self._page(asked, {})
        if not _same(self.state, asked):
            return  # something else is looked for meanwhile
        if page is None:
            self._show(replace(self.state, busy=False))
            return
        hits = tuple(self._item(one) for one in page.hits)
        self._take(page, hits)

    async def _more(self) -> None:
        asked = self.state
        page = await self._page(asked, self._below)
        if page is not None and _same(self.state, asked):
            self._take(page, (*asked.hits, *(self._item(one) for one in page.hits)))
        else:
            self._show(replace(self.state, busy=False))

    async def _page(self, asked: SearchState, below: Mapping[Place, int]) -> SearchPage | None:
        try:
            return await self._desk.searching.find(
                asked.text, space=None if asked.everywhere else asked.here, below=below
            )
        except BadInputError as failure:
            if _same(self.state, asked):
                self._show(
                    replace(
                        self.state, hits=(), more=False, said=told(failure.sentence), problem=None
                    )
                )
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
        return None

    def _take(self, page: SearchPage, hits: tuple[HitItem, ...]) -> None:
        self._below = page.below
        self._show(
            replace(
                self.state,
                hits=hits,
                more=page.more,
                busy=False,
                searched=True,
                said=" ".join(page.hints),
                indexed=page.indexed,
                problem=None,
            )
        )

    def _item(self, hit: SearchHit) -> HitItem:
        who = tr("You") if hit.mine else words.plain(hit.author_name)
        where = hit.space_title if self.state.everywhere else ""
        about = (who, words.stamp(hit.at, self._zone), where)
        of_exhibit = hit.file is not None
        lines: tuple[Marked | None, ...] = (*hit.lines, None)
        return HitItem(
            space=hit.space,
            message=hit.message,
            file=hit.file,
            about="  ·  ".join(part for part in about if part),
            exact=words.iso(hit.at, self._zone),
            head=hit.heading if of_exhibit else hit.lines[0],
            below=next((one for one in lines if one and one.marks), lines[0])
            if of_exhibit
            else None,
        )


def _same(one: SearchState, other: SearchState) -> bool:
    return (one.text, one.everywhere) == (other.text, other.everywhere)
