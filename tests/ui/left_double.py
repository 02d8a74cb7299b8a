"""How spaces of a `DeskDouble` were left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from protocol.ids import SpaceId


class LeftDouble:
    """Fits `ui.frameports.LeftPort`."""

    def __init__(self, enter: Callable[[str], Awaitable[None]]) -> None:
        self._enter = enter
        self.texts: dict[SpaceId, dict[str, str]] = {}

    async def noted(self, space: SpaceId) -> Mapping[str, str]:
        await self._enter("noted")
        return dict(self.texts.get(space, {}))

    async def note(self, space: SpaceId, changed: Mapping[str, str]) -> None:
        await self._enter("note_left")
        kept = self.texts.setdefault(space, {})
        kept.update(changed)
        self.texts[space] = {name: text for name, text in kept.items() if text}
