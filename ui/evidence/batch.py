"""Work on several exhibits, one step after the other: progress, Stop, what went wrong. No Qt.

What goes wrong with one exhibit is a line of the result; the others go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from protocol.ids import SpaceId
from ui.errors.cards import card_for
from ui.language import tr
from ui.presenting import Presenter
from ui.tasks import StoppedError, TaskScope

SHOWN: Final = 5
"""So many failures are listed; of more it is said how many."""
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `size` is its share of the whole, in any unit that all steps have.

    `act` may tell of parts of its size, from any thread; what that raises ends it. It returns how
    many exhibits it did, and of those that it could not, a sentence each.
    """

    said: str
    size: int
    act: Callable[[Told], Awaitable[tuple[int, Sequence[str]]]]
    of: str = ""  # what a failure is about


@dataclass(frozen=True, slots=True)
class BatchState:
    """While it runs `percent` moves; afterwards `said` is what came of it, until it is put away."""

    space: SpaceId | None = None
    running: bool = False
    stopping: bool = False
    percent: int = 0
    said: str = ""
    failed: tuple[str, ...] = ()
    more: int = 0  # failures beyond those listed


class Batch(Presenter[BatchState]):
    """Runs one piece of work at a time."""

    def __init__(self, tasks: TaskScope) -> None:
        super().__init__(BatchState())
        self._tasks = tasks
        self._read = 0

    def begin(
        self, space: SpaceId, steps: Sequence[Step], ended: Callable[[int, bool], str]
    ) -> bool:
        """Do the steps; False: something runs already, or there is nothing to do.

        Args:
            space: of the exhibits.
            steps: in order.
            ended: says what came of it, given how many exhibits were done, and whether somebody
                stopped it. Empty: there is nothing to say unless something failed.
        """
        if self.state.running or not steps:
            return False
        self._show(BatchState(space, running=True, said=steps[0].said))
        self._tasks.start(self._run(tuple(steps), ended), name="several-exhibits")
        return True

    def stop(self) -> None:
        """No further step; what is done is done."""
        if self.state.running:
            self._show(replace(self.state, stopping=True))

    def dismiss(self) -> None:
        """The result was read."""
        if not self.state.running:
            self._show(BatchState())

    async def _run(self, steps: Sequence[Step], ended: Callable[[int, bool], str]) -> None:
        done, through = 0, 0
        failed: list[str] = []
        total = sum(one.size for one in steps) or 1
        try:
            for one in steps:
                if self.state.stopping:
                    break
                self._show(replace(self.state, percent=100 * through // total, said=one.said))
                self._read = through
                did, wrong = await self._one(one, total)
                done, through = done + did, through + one.size
                failed += wrong
        finally:
            stopped = self.state.stopping
            said = ended(done, stopped)
            shown = tuple(failed[:SHOWN])
            space = self.state.space if said or failed else None
            more = len(failed) - len(shown)
            self._show(BatchState(space, said=said, failed=shown, more=more, percent=100))

    async def _one(self, step: Step, total: int) -> tuple[int, Sequence[str]]:
        loop = asyncio.get_running_loop()

        def tell(size: int) -> None:
            if self.state.stopping:
                raise StoppedError
            loop.call_soon_threadsafe(partial(self._moved, size, total))

        try:
            return await step.act(tell)
        except StoppedError:
            return 0, ()
        except Exception as failure:  # noqa: BLE001 - the others go on, and a person is told
            sentence = card_for(failure).sentence
            return 0, (tr("{name}: {sentence}", name=step.of, sentence=sentence),)

    def _moved(self, size: int, total: int) -> None:
        if self.state.running:
            self._read += size
            percent = min(100, 100 * self._read // total)
            if percent != self.state.percent:
                self._show(replace(self.state, percent=percent))
