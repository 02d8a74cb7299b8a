"""The review beside the list: acts on the selected exhibit, the queue, saved filters. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from jitclient.reviewviews import ReviewState
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.evidence.noting import Beside, Noting
from ui.evidence.several import Several
from ui.evidence.state import EvidenceState
from ui.language import tr
from ui.ports import DeskPort
from ui.tasks import TaskScope


class List(Beside, Protocol):
    """The list of exhibits beside which it stands."""

    @property
    def state(self) -> EvidenceState: ...
    @property
    def several(self) -> Several: ...
    def go_to(self, space: SpaceId, file: FileId) -> None: ...


class Reviewing(Noting):
    """Acts on what is selected in the list."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, exhibits: List, say: Callable[[str], None]
    ) -> None:
        super().__init__(desk, tasks, exhibits, say)
        self._exhibits = exhibits
        self._say = say

    def mark(self, state: ReviewState) -> None:
        """Note how far the review is, of all that are selected."""
        if self._exhibits.state.several:
            self._exhibits.several.mark(state)
        else:
            super().mark(state)

    def turn_tag(self, number: int) -> None:
        """Give a tag of the space, counted from 1, to all that are selected, or take it away."""
        tags = self._exhibits.state.tags
        if not self._exhibits.state.several:
            super().turn_tag(number)
        elif number <= len(tags):
            self._exhibits.several.turn_tag(tags[number - 1])

    def next(self) -> None:
        """Select the next exhibit that is new or in review."""
        space, after = self._exhibits.state.space, self._exhibits.state.selected
        if space is not None:
            self._tasks.start(self._next(space, after), name="review-next")

    def save_view(self, name: str) -> None:
        """Keep the filter under a name."""
        space, query = self._exhibits.state.space, self._exhibits.state.query
        if space is not None:
            self._act(lambda: self._desk.reviewing.save_view(space, name, query))

    def drop_view(self, name: str) -> None:
        """Forget a saved filter."""
        space, query = self._exhibits.state.space, self._exhibits.state.views.get(name)
        if space is not None and query is not None:
            desk = self._desk.reviewing
            self._undoable(
                tr("Filter forgotten: {name}", name=words.plain(name)),
                lambda: desk.drop_view(space, name),
                lambda: desk.save_view(space, name, query),
            )

    async def _next(self, space: SpaceId, after: FileId | None) -> None:
        try:
            row = await self._desk.reviewing.next(space, after)
        except JitError as failure:
            self._exhibits.failed(failure)
            return
        if row is None:
            self._say(tr("Everything here was looked at"))
        elif self._exhibits.state.space == space:
            self._exhibits.go_to(space, row.file)
