"""How a person left each space, for all windows of a profile: read once, written when it changed.

What is noted here is of the case: it lies in the encrypted profile and not in `window.ini`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from protocol.errors import BadInputError, JitError, NotFoundError, SpaceClosedError
from protocol.ids import SpaceId
from ui.ports import DeskPort


class LeftOff:
    """Texts by space and name. What was not loaded yet is empty, what is noted first wins."""

    def __init__(self, desk: DeskPort) -> None:
        self._desk = desk
        self._known: dict[SpaceId, dict[str, str]] = {}
        self._loaded: set[SpaceId] = set()
        self._changed: dict[SpaceId, dict[str, str]] = {}
        self.keepers: list[Callable[[], Awaitable[None]]] = []
        """What is being typed elsewhere and kept in a place of its own."""
        self._soon = False

    def of(self, space: SpaceId, name: str) -> str:
        """What was noted, or nothing."""
        return self._known.get(space, {}).get(name, "")

    def knows(self, space: SpaceId) -> bool:
        """Whether what was kept of the space is here."""
        return space in self._loaded

    async def load(self, space: SpaceId) -> None:
        """Read what was kept; a space that is gone has nothing."""
        if space in self._loaded:
            return
        with suppress(JitError):
            found = dict(await self._desk.left.noted(space))
            if space not in self._loaded:
                self._known[space] = {**found, **self._known.get(space, {})}
        self._loaded.add(space)

    def note(self, space: SpaceId, name: str, text: str) -> None:
        """Remember; an empty text forgets."""
        if self.of(space, name) != text or (not text and space not in self._loaded):
            self._known.setdefault(space, {})[name] = text
            self._changed.setdefault(space, {})[name] = text

    @contextmanager
    def keeping(self, keeper: Callable[[], Awaitable[None]]) -> Iterator[None]:
        """Ask a keeper meanwhile; and still, where the window locks before the end."""
        self.keepers.append(keeper)
        yield
        self.keepers.remove(keeper)

    def typed(self, keeper: Callable[[], Awaitable[None]]) -> None:
        """Ask a keeper with the next tick, and as the window locks, until it `rests`."""
        if keeper not in self.keepers:
            self.keepers.append(keeper)
        self._soon = True

    def rests(self, keeper: Callable[[], Awaitable[None]]) -> None:
        """It has nothing to keep any more."""
        if keeper in self.keepers:
            self.keepers.remove(keeper)

    async def write(self, space: SpaceId, name: str, text: str) -> None:
        """Remember at once what is kept as the window locks.

        Raises:
            JitError: it could not be written.
        """
        self._known.setdefault(space, {})[name] = text
        await self._desk.left.note(space, {name: text})

    def forget(self, space: SpaceId) -> None:
        """The space was wiped, and what was kept with it."""
        self._known.pop(space, None)
        self._changed.pop(space, None)

    @property
    def unkept(self) -> bool:
        """Whether something is to be written."""
        return bool(self._changed) or self._soon

    async def keep(self) -> None:
        """Write what changed; what cannot be written is no reason to stay, and is tried again."""
        self._soon = False
        for space in tuple(self._changed):
            if (texts := self._changed.pop(space, None)) is not None:
                await self._write(space, texts)
        for one in tuple(self.keepers):
            with suppress(JitError):
                await one()

    async def _write(self, space: SpaceId, texts: dict[str, str]) -> None:
        try:
            await self._desk.left.note(space, texts)
        except (NotFoundError, SpaceClosedError, BadInputError):
            return  # wiped meanwhile, or nothing that can be kept
        except BaseException as failure:  # a full disk; or the window of this task is closing
            self._changed[space] = {**texts, **self._changed.get(space, {})}
            if not isinstance(failure, JitError):
                raise
