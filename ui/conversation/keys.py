"""Members whose key was replaced: sending waits until a person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo

from protocol.errors import JitError
from protocol.ids import SpaceId, UserId
from ui import words
from ui.errors.cards import ErrorCard, card_for
from ui.ports import DeskPort
from ui.presenting import Presenter
from ui.tasks import Reload, TaskScope


@dataclass(frozen=True, slots=True)
class KeyCard:
    """One person of the space in front: who let her in again, and when."""

    user: UserId
    name: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class KeysState:
    """The cards above the composer."""

    cards: tuple[KeyCard, ...] = ()
    busy: bool = False
    problem: ErrorCard | None = None


class KeysPresenter(Presenter[KeysState]):
    """One for the window; it shows the changes that concern the space in front.

    Args:
        on_change: told whether sending has to wait.
    """

    def __init__(
        self,
        desk: DeskPort,
        tasks: TaskScope,
        zone: tzinfo | None = None,
        on_change: Callable[[bool], None] = lambda _: None,
    ) -> None:
        super().__init__(KeysState())
        self._desk = desk
        self._tasks = tasks
        self._zone = zone
        self._on_change = on_change
        self._space: SpaceId | None = None
        self.refresh = Reload(tasks, self._load, name="key-changes")

    def open(self, space: SpaceId | None) -> None:
        """Turn to a space, or take note that something about it changed."""
        if space != self._space:
            self._space = space
            self._show(KeysState())
        self.refresh()

    def accept(self, user: UserId) -> None:
        """Go on with the new key without comparing, after the view asked for confirmation."""
        if not self.state.busy:
            self._show(replace(self.state, busy=True, problem=None))
            self._tasks.start(self._accept(user), name="accept-key")

    async def _load(self) -> None:
        space = self._space
        try:
            rows = await self._desk.key_changes()
        except JitError as failure:
            self._show(replace(self.state, problem=card_for(failure)))
            return
        if space != self._space:
            return
        cards = tuple(
            KeyCard(
                one.user,
                words.plain(one.name),
                words.plain(one.by),
                words.stamp(one.at, self._zone),
            )
            for one in rows
            if space in one.spaces
        )
        self._show(replace(self.state, cards=cards, problem=None))
        self._on_change(bool(cards))

    async def _accept(self, user: UserId) -> None:
        try:
            await self._desk.decide_key(user)
        except Exception as failure:  # noqa: BLE001 - a person always gets an answer
            self._show(replace(self.state, problem=card_for(failure)))
        finally:
            self._show(replace(self.state, busy=False))
        self.refresh()
