"""What a person makes of exhibits: acts of the inspector and of saved filters. No Qt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId
from ui import words
from ui.evidence.state import EvidenceState
from ui.language import tr
from ui.ports import DeskPort
from ui.tasks import Reload, TaskScope


class List(Protocol):
    """The list of exhibits beside which it stands."""

    @property
    def state(self) -> EvidenceState: ...
    @property
    def refresh(self) -> Reload: ...
    def row(self, file: FileId) -> ExhibitRow | None: ...
    def go_to(self, space: SpaceId, file: FileId) -> None: ...
    def failed(self, failure: JitError) -> None: ...


class Reviewing:
    """Acts on the exhibit that is selected in the list."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, exhibits: List, say: Callable[[str], None]
    ) -> None:
        self._desk = desk
        self._tasks = tasks
        self._exhibits = exhibits
        self._say = say
        self.offer: Callable[[str, Callable[[], None]], None] = lambda said, _back: say(said)

    def mark(self, state: ReviewState) -> None:
        """Note how far the review is."""
        here = self._here()
        if here is not None and here[1].review != state.value:
            space, row = here
            desk, before = self._desk.reviewing, ReviewState(row.review)
            self._undoable(
                tr("Review noted"),
                lambda: desk.mark(space, row.file, state),
                lambda: desk.mark(space, row.file, before),
            )

    def retag(self, text: str) -> None:
        """Give it these tags, separated by commas, and no others."""
        here = self._here()
        if here is None:
            return
        space, row = here
        wanted = tuple(one.strip() for one in text.split(",") if one.strip())
        if wanted != row.tags:
            gone = tuple(one for one in row.tags if one not in wanted)
            self._act(lambda: self._desk.reviewing.tag(space, row.file, add=wanted, remove=gone))

    def turn_tag(self, number: int) -> None:
        """Give it a tag of the space, counted from 1, or take it away again."""
        here, tags = self._here(), self._exhibits.state.tags
        if here is None or number > len(tags):
            return
        (space, row), tag, desk = here, tags[number - 1], self._desk.reviewing

        def give() -> Awaitable[object]:
            return desk.tag(space, row.file, add=(tag,))

        def take() -> Awaitable[object]:
            return desk.tag(space, row.file, remove=(tag,))

        if tag in row.tags:
            self._undoable(tr("Tag taken away: {tag}", tag=words.plain(tag)), take, give)
        else:
            self._undoable(tr("Tagged: {tag}", tag=words.plain(tag)), give, take)

    def note(self, text: str) -> None:
        """Keep another note."""
        here = self._here()
        if here is not None and here[1].note != text.strip("\n"):
            space, row = here
            self._act(lambda: self._desk.reviewing.note(space, row.file, text))

    def keep(self, row: ExhibitRow, tags: str, note: str) -> None:
        """Keep what was typed for an exhibit that is not selected any more."""
        wanted = tuple(one.strip() for one in tags.split(",") if one.strip())
        gone = tuple(one for one in row.tags if one not in wanted)

        async def act() -> None:
            await self._desk.reviewing.tag(row.space, row.file, add=wanted, remove=gone)
            await self._desk.reviewing.note(row.space, row.file, note)

        self._act(act)

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

    def _here(self) -> tuple[SpaceId, ExhibitRow] | None:
        state = self._exhibits.state
        row = self._exhibits.row(state.selected) if state.selected is not None else None
        return (state.space, row) if state.space is not None and row is not None else None

    def _undoable(
        self,
        said: str,
        work: Callable[[], Awaitable[object]],
        back: Callable[[], Awaitable[object]],
    ) -> None:
        self._act(work)
        self.offer(said, lambda: self._act(back))

    def _act(self, work: Callable[[], Awaitable[object]]) -> None:
        self._tasks.start(self._run(work), name="review")

    async def _run(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except JitError as failure:
            self._exhibits.failed(failure)
        self._exhibits.refresh()

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
