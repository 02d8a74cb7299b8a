"""Ticks the tasks by what really happened: it asks the desk, never the buttons. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from jitclient.events import Event, TransferMoved
from jitclient.training.views import Ready
from jitclient.views import ExhibitRow, ExhibitState, MessageKind, SpaceState, Trust
from protocol.errors import ConfigurationError, JitError
from protocol.ids import SpaceId
from ui.errors.cards import ErrorCard
from ui.language import told, tr
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope
from ui.theme.tokens import Tone
from ui.training.state import Task, TrainingState

_LEFT: Final = (ExhibitState.ON_SERVER, ExhibitState.VERIFIED, ExhibitState.ERASED)
_ENDED: Final = (SpaceState.CLOSING, SpaceState.WIPED)


class TrainingPresenter(Presenter[TrainingState]):
    """One for a training, over every lock and unlock of it."""

    def __init__(self, tasks: TaskScope, ready: Ready) -> None:
        super().__init__(TrainingState(ready=ready))
        self._desk: DeskPort | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._look = Reload(tasks, self._looked, name="training-tasks")

    def follow(self, desk: DeskPort) -> None:
        """The profile is open: look at what happens in it."""
        self._unsubscribe()
        self._desk = desk
        self._unsubscribe = desk.events.subscribe(self._heard)
        self._show(replace(self.state, locked=False))
        self._look()

    def locked(self) -> None:
        """It is locked: its passphrase is shown."""
        self._unsubscribe()
        self._desk = None
        self._show(replace(self.state, locked=True))

    def toggle(self) -> None:
        """Show the tasks, or put them away."""
        self._show(replace(self.state, listed=not self.state.listed))

    def put_away(self) -> None:
        """There is no room for the tasks."""
        self._show(replace(self.state, listed=False))

    def stopped(self, why: str) -> None:
        """The process behind the training is gone; `why` is its last sentence, or nothing."""
        self._show(replace(self.state, stopped=_stopped(why)))

    def saw_log(self) -> None:
        """The log was on the screen."""
        self._tick({Task.CUSTODY})

    def _heard(self, event: Event) -> None:
        if not isinstance(event, TransferMoved):
            self._look()

    async def _looked(self) -> None:
        desk, space = self._desk, self.state.ready.space
        if desk is None:
            return
        done: set[Task] = set()
        with suppress(JitError):  # the space is closing, or the profile is being locked
            if any(one.space == space and one.state in _ENDED for one in await desk.spaces()):
                done.add(Task.CLOSE)
            else:
                done |= await _done(desk, space)
        self._tick(done)

    def _tick(self, done: set[Task]) -> None:
        self._show(replace(self.state, done=self.state.done | done))


def _stopped(why: str) -> ErrorCard:
    failure = ConfigurationError(why)
    return ErrorCard(
        tr("The training has stopped"),
        told(why) or tr("The program that plays the store and the colleagues has ended by itself."),
        tr("Your own profiles were not touched."),
        tr("End the training: what it made is erased. Then you can begin again."),
        failure.reason,
        Tone.WARN,
    )


async def _done(desk: DeskPort, space: SpaceId) -> set[Task]:
    done: set[Task] = set()
    if any(one.mine and one.kind is MessageKind.TEXT for one in await desk.messages(space)):
        done.add(Task.MESSAGE)
    members = (await desk.space(space)).members
    if any(one.trust is Trust.VERIFIED for one in members):
        done.add(Task.VERIFY)
    return done | _of_exhibits(await desk.exhibits(space))


def _of_exhibits(rows: tuple[ExhibitRow, ...]) -> set[Task]:
    sent = any(one.mine and one.state in _LEFT for one in rows)
    tagged = any(one.tags for one in rows)
    return ({Task.FILE} if sent else set()) | ({Task.TAG} if tagged else set())
