"""Checks a whole space again: how far it is, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from jitclient.checkviews import SpaceCheck
from protocol.errors import JitError
from protocol.ids import SpaceId
from ui import words
from ui.errors.cards import ErrorCard, card_for
from ui.language import told, tr, trn
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.printing.paper import zoned
from ui.tasks import Stoppable, StoppedError, TaskScope


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was found, or could not be looked at."""

    what: str
    sentence: str
    damaged: bool


@dataclass(frozen=True, slots=True)
class CheckState:
    """While it runs `percent` moves; afterwards `result` says what came of it."""

    running: bool = False
    percent: int = 0
    progress: str = ""
    result: str = ""
    sound: bool = False
    lines: tuple[CheckLine, ...] = ()
    ended: str = ""  # when it was through, with the zone
    note: str = ""
    problem: ErrorCard | None = None


class CheckPresenter(Presenter[CheckState]):
    """Behind the sheet "Check this space"."""

    def __init__(
        self, desk: DeskPort, tasks: TaskScope, space: SpaceId, now: Callable[[], int]
    ) -> None:
        super().__init__(CheckState())
        self._desk = desk
        self._tasks = tasks
        self._space = space
        self._now = now
        self._work = Stoppable()

    def check(self) -> None:
        """Begin."""
        if not self.state.running:
            self._show(CheckState(running=True, progress=tr("Reading the database…")))
            self._tasks.start(self._check(), name="check-space")

    def stop(self) -> None:
        """Read no further; what was found so far of single exhibits stays."""
        self._work.stop()

    def noted(self, sentence: str) -> None:
        """Something was done with what was found."""
        self._show(replace(self.state, note=sentence, problem=None))

    def failed(self, failure: JitError) -> None:
        """Something could not be done with it."""
        self._show(replace(self.state, note="", problem=card_for(failure)))

    async def _check(self) -> None:
        work = self._desk.check_space(self._space, self._moved)
        try:
            found = await self._work.run(work)
        except StoppedError:
            self._show(CheckState(result=tr("Stopped. What was not read yet is not checked.")))
            return
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(CheckState(problem=card_for(failure)))
            return
        self._show(_state(found, zoned(self._now())))

    def _moved(self, done: int, total: int) -> None:
        if self.state.running:
            percent = 100 * done // total if total else 0
            progress = tr("{done} of {total} read", done=words.size(done), total=words.size(total))
            self._show(replace(self.state, percent=percent, progress=progress))


def _state(found: SpaceCheck, ended: str) -> CheckState:
    lines = [CheckLine(words.plain(f.what), told(f.sentence), damaged=True) for f in found.findings]
    lines += [
        CheckLine(
            words.plain(what), tr("Not here, or its source is gone: not checked."), damaged=False
        )
        for what in found.elsewhere
    ]
    sound = trn(
        "{count} exhibit is what the manifests say ({size} in this space).",
        "{count} exhibits are what the manifests say ({size} in this space).",
        found.sound,
        size=words.size(found.size),
    )
    if found.findings:
        rest = tr("What is listed below is not as it was when it came.")
    else:
        rest = tr("The database, the log and the list of members are whole.")
    return CheckState(
        percent=100,
        result=f"{sound} {rest}",
        sound=not found.findings,
        lines=tuple(lines),
        ended=ended,
    )
