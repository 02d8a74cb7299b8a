"""What a person makes of the exhibit in front: how far the review is, tags, a note. No Qt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow
from protocol.errors import JitError
from protocol.ids import SpaceId
from ui import words
from ui.evidence.halfnoted import HalfNotes, tags_in
from ui.language import tr
from ui.ports import DeskPort
from ui.tasks import Reload, TaskScope


class Tagged(Protocol):
    """A state that knows the tags of the space; the keys 1 to 9 give the first."""

    @property
    def tags(self) -> tuple[str, ...]: ...


class Beside(Protocol):
    """What shows the exhibit: the list, or a window of the safe viewer."""

    @property
    def here(self) -> tuple[SpaceId, ExhibitRow] | None: ...
    @property
    def state(self) -> Tagged: ...
    @property
    def renew(self) -> Reload: ...
    def failed(self, failure: JitError) -> None: ...


class Noting:
    """Acts on the exhibit that is in front when they are called."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, beside: Beside, say: Callable[[str], None]
    ) -> None:
        self._desk = desk
        self._tasks = tasks
        self._beside = beside
        self.half = HalfNotes(desk)
        self.offer: Callable[[str, Callable[[], None]], None] = lambda said, _back: say(said)

    def mark(self, state: ReviewState) -> None:
        """Note how far the review is."""
        here = self._beside.here
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
        here = self._beside.here
        if here is None:
            return
        (space, row), wanted, desk = here, tags_in(text), self._desk.reviewing
        before = self.half.begun(row).tags
        if (row.tags, before) != (wanted, wanted):
            turned = self.half.turned(row.file)  # and not what another window turned meanwhile
            give = tuple(one for one in wanted if one not in before or one in turned)
            gone = tuple(one for one in {*before, *turned} if one not in wanted)
            back = tuple(one for one in before if one not in wanted)
            new = tuple(one for one in wanted if one not in before)

            async def turn() -> None:
                now = await desk.tag(space, row.file, add=give, remove=gone)
                self.half.noted(now, tags=wanted)

            self._undoable(
                tr("Review noted"),
                turn,
                lambda: desk.tag(space, row.file, add=back, remove=new),
            )

    def turn_tag(self, number: int) -> None:
        """Give it a tag of the space, counted from 1, or take it away again."""
        here, tags = self._beside.here, self._beside.state.tags
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
        here = self._beside.here
        if here is None:
            return
        (space, row), desk = here, self._desk.reviewing
        before, wanted = self.half.begun(row).note, text.strip("\n")
        if (row.note, before) != (wanted, wanted):

            async def write() -> None:
                self.half.noted(await desk.note(space, row.file, text), note=wanted)

            self._undoable(tr("Review noted"), write, lambda: desk.note(space, row.file, before))

    def keep(self, row: ExhibitRow, tags: str, note: str) -> None:
        """Keep what was typed for an exhibit that is not selected any more."""
        self.half.typed(row, tags, note)

        async def act() -> None:
            await self.half.write(row.file)
            self.half.done(row.file)

        self._act(act)

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
            self._beside.failed(failure)
        self._beside.renew()
