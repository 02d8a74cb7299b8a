"""What the double of the desk says of spaces that ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from jitclient.endviews import Outstanding, UnreachedRow
from protocol.ids import SpaceId

NOTHING_OPEN = Outstanding(
    unsaved=0, unsaved_names=(), moving=0, moving_names=(), messages=0, owing=()
)


class EndingsDouble:
    """Rows that a test, or a picture, put there."""

    def __init__(self, enter: Callable[[str], Awaitable[None]]) -> None:
        self._enter = enter
        self.open: dict[SpaceId, Outstanding] = {}
        self.rows: dict[SpaceId, tuple[UnreachedRow, ...]] = {}

    async def outstanding(self, space: SpaceId) -> Outstanding:
        await self._enter("outstanding")
        return self.open.get(space, NOTHING_OPEN)

    async def unreached(self, space: SpaceId) -> tuple[UnreachedRow, ...]:
        await self._enter("unreached")
        return self.rows.get(space, ())
