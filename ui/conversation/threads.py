"""Lists the threads of a space, the newest first; reads on while somebody scrolls. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from jitclient.searchviews import Marked
from jitclient.threadviews import Place, ThreadRow
from protocol.errors import JitError
from protocol.ids import MessageId, SpaceId
from ui import words
from ui.errors.cards import ErrorCard, card_for
from ui.language import tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.search.state import HitItem
from ui.tasks import Reload, TaskScope

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class ThreadsState:
    """Rows that fit `query`; `more`: others may follow. `fits`: they belong to what is typed."""

    query: str = ""
    items: tuple[HitItem, ...] = ()
    more: bool = True
    busy: bool = True
    fits: bool = False
    problem: ErrorCard | None = None


class ThreadsPresenter(Presenter[ThreadsState]):
    """One for each time the sheet is opened; what was typed dies with it."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, space: SpaceId, zone: tzinfo | None = None
    ) -> None:
        super().__init__(ThreadsState())
        self._desk, self._space, self._zone = desk, space, zone
        self._below: Place | None = None
        self._seen = frozenset[MessageId]()
        self._wanted = 0
        self._ended = False
        self._read = Reload(tasks, self._load, name="threads")

    def begin(self) -> None:
        """Show the newest."""
        self._anew("")

    def filter(self, query: str) -> None:
        """Keep those with all these words."""
        if query != self.state.query:
            self._anew(query)

    def further(self) -> None:
        """Show the next page, too."""
        if self.state.more and not self.state.busy:
            self._wanted = len(self.state.items) + PAGE
            self._show(replace(self.state, busy=True))
            self._read()

    def close(self) -> None:
        """Nobody looks any more: what is being read is left."""
        self._ended = True
        self.detach()

    def _anew(self, query: str) -> None:
        self._below, self._seen, self._wanted = None, frozenset(), PAGE
        kept = replace(self.state, query=query, more=True, busy=True, fits=False, problem=None)
        self._show(kept)
        self._read()

    async def _load(self) -> None:
        """Part by part, until a page is full, nothing follows, or something else is wanted."""
        asked = self.state.query
        while self.state.more and not self._full and not self._ended:
            below, seen = self._below, self._seen
            try:
                page = await self._desk.talking.threads(
                    self._space, below=below, seen=seen, wanted=asked
                )
            except JitError as failure:
                self._show(replace(self.state, busy=False, more=False, problem=card_for(failure)))
                return
            if asked != self.state.query or below is not self._below:
                return  # begun anew meanwhile: it runs once more
            self._below, self._seen = page.below, seen | page.seen
            before = self.state.items if self.state.fits else ()
            items = (*before, *(self._item(one) for one in page.rows))
            more = page.below is not None
            self._show(replace(self.state, items=items, more=more, fits=True))
        self._show(replace(self.state, busy=False))

    @property
    def _full(self) -> bool:
        return self.state.fits and len(self.state.items) >= self._wanted

    def _item(self, row: ThreadRow) -> HitItem:
        last = tr("You") if row.last_mine else words.plain(row.last_name)
        about = (
            trn("{count} new", "{count} new", row.unread) if row.unread else "",
            trn("{count} answer", "{count} answers", row.answers),
            tr("last: {name}", name=last),
            words.stamp(row.at, self._zone),
        )
        return HitItem(
            space=row.space,
            message=row.root,
            file=None,
            about="  ·  ".join(part for part in about if part),
            exact=words.iso(row.at, self._zone),
            head=Marked(text=_first(row)),
            below=None,
        )


def _first(row: ThreadRow) -> str:
    """Who began it, and what with."""
    if not row.author_name:
        return tr("The message it begins with is not here")
    text = " ".join(row.text.split())
    return f"{words.plain(row.author_name)}: {text}"
