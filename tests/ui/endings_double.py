"""What the double of the desk says of spaces that ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from jitclient.endviews import UnreachedRow
from protocol.ids import SpaceId


class EndingsDouble:
    """Rows that a test, or a picture, put there."""

    def __init__(self, enter: Callable[[str], Awaitable[None]]) -> None:
        self._enter = enter
        self.rows: dict[SpaceId, tuple[UnreachedRow, ...]] = {}

    async def unreached(self, space: SpaceId) -> tuple[UnreachedRow, ...]:
        await self._enter("unreached")
        return self.rows.get(space, ())
