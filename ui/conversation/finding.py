"""Searching in place: what was found in the conversation in front, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from jitclient.searchviews import Place
from protocol.errors import BadInputError, JitError
from protocol.ids import MessageId, SpaceId
from ui.language import number, told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope

_MESSAGES: Final = "type:message"
PAGE = 200

Marks = Mapping[MessageId, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class FindState:
    """The bar over the conversation; `said` is where one is, or why nothing was found."""

    open: bool = False
    text: str = ""
    hits: tuple[MessageId, ...] = ()  # newest first
    at: int = 0
    more: bool = False
    said: str = ""

    @property
    def now(self) -> MessageId | None:
        """The message one is at."""
        return self.hits[self.at] if self.hits else None


class FindPresenter(Presenter[FindState]):
    """One for the window; what was typed dies with the bar.

    Args:
        space: the one in front; go: brings a message into sight, the keyboard stays in the bar.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        space: Callable[[], SpaceId | None],
        go: Callable[[SpaceId, MessageId], None],
    ) -> None:
        super().__init__(FindState())
        self._desk, self._space, self._go = desk, space, go
        self._below: Mapping[Place, int] = {}
        self._searched = ""
        self._on = False
        self._search = Reload(tasks, self._find, name="find-here")
        self._marking = Reload(tasks, self._mark, name="find-marks")
        self._texts: Sequence[tuple[MessageId, str]] = ()
        self.marked: Callable[[Marks], None] = lambda _: None

    def start(self) -> None:
        """Open the bar."""
        self._show(replace(self.state, open=True))

    def close(self) -> None:
        """Close it: nothing is marked any more."""
        self._searched, self._below = "", {}
        self._show(FindState())
        self.marked({})

    def typed(self, text: str) -> None:
        """The field changed."""
        self._show(replace(self.state, text=text, hits=(), at=0, more=False, said=""))
        self._below = {}
        if text.strip():
            self._search()
        else:
            self.marked({})

    def step(self, by: int) -> None:
        """To an older (1) or newer (-1) one; behind the last known one further are looked for."""
        state = self.state
        if not state.hits:
            return
        at = state.at + by
        if at >= len(state.hits) and state.more:
            self._on = True
            self._search()
            return
        self._turn_to(at % len(state.hits))

    def loaded(self, texts: Sequence[tuple[MessageId, str]]) -> None:
        """Other messages are in the timeline: mark what is found in them."""
        if self.state.hits and list(texts) != list(self._texts):
            self._texts = texts
            self._marking()
        self._texts = texts

    def _turn_to(self, at: int) -> None:
        hits = self.state.hits
        total = number(len(hits)) + ("+" if self.state.more else "")
        said = tr("{at} of {total}", at=number(at + 1), total=total)
        self._show(replace(self.state, at=at, said=said))
        space = self._space()
        if space is not None and self.state.open:
            self._go(space, hits[at])
        self._marking()

    async def _find(self) -> None:
        asked, space = self.state.text, self._space()
        if space is None or not asked.strip():
            return
        try:
            page = await self._desk.searching.find(
                f"{asked} {_MESSAGES}", space=space, limit=PAGE, below=self._below
            )
        except BadInputError as failure:
            self._show(replace(self.state, said=told(failure.sentence)))
            return
        except JitError:
            self._show(replace(self.state, said=tr("This cannot be searched now.")))
            return
        if asked != self.state.text or space != self._space():
            return  # something else is looked for meanwhile
        known = self.state.hits if self._on else ()
        fresh = tuple(one.message for one in page.hits if one.message is not None)
        self._below, on, self._on = page.below, self._on, False
        self._show(replace(self.state, hits=(*known, *fresh), more=page.more))
        if self.state.hits:
            self._turn_to(min(len(known), len(self.state.hits) - 1) if on else 0)
        else:
            self._show(replace(self.state, said=tr("Nothing found")))
            self.marked({})

    async def _mark(self) -> None:
        asked, hits = self.state.text, set(self.state.hits)
        wanted = [(message, text) for message, text in self._texts if message in hits]
        try:
            found = await self._desk.talking.marks(asked, [text for _, text in wanted])
        except JitError:
            return
        if asked == self.state.text and self.state.open:
            self.marked({one: at for (one, _), at in zip(wanted, found, strict=True)})
