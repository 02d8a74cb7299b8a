"""The safe viewer of a `DeskDouble`: blank pages, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from jitclient.pageviews import Encoding, Kind, Opened, Pixels, Shown, Walls
from protocol.errors import JitError
from protocol.ids import FileId, SpaceId

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble


class ViewingDouble:
    """Fits `ui.viewports.ViewingPort`. Pages have the shape of A4."""

    def __init__(self, owner: ViewDouble) -> None:
        self._owner = owner
        self.closed = False
        self.asked: list[tuple[int, int, int]] = []

    async def page(self, number: int, width: int, height: int) -> Pixels:
        self.asked.append((number, width, height))
        if self._owner.held is not None:
            await self._owner.held.wait()
        await asyncio.sleep(0)
        if self._owner.page_fails is not None:
            raise self._owner.page_fails
        if self._owner.picture is not None:
            return self._owner.picture(number, width, height)
        wide = max(1, min(width, int(height / 1.414)))
        high = max(1, int(wide * 1.414))
        return Pixels(number, wide, high, bytes((250, 250, 250)) * (wide * high))

    def close(self) -> None:
        self.closed = True


class ViewDouble:
    """Fits `ui.viewports.ViewPort`."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk
        self.possible = True
        self.shown = Shown(Kind.PDF, Encoding.OWN, cut=False, pages=12)
        self.open_fails: JitError | None = None
        self.page_fails: JitError | None = None
        self.held: asyncio.Event | None = None
        self.opening: asyncio.Event | None = None
        self.files: list[FileId] = []  # as they were asked for
        self.picture: Callable[[int, int, int], Pixels] | None = None
        self.opened: list[ViewingDouble] = []
        self.asked: list[tuple[Encoding, bool]] = []

    async def open(
        self,
        space: SpaceId,
        file: FileId,
        encoding: Encoding = Encoding.OWN,
        *,
        again: bool = False,
    ) -> tuple[ViewingDouble, Opened]:
        await self._desk._enter("view")
        self.asked.append((encoding, again))
        self.files.append(file)
        if self.opening is not None:
            await self.opening.wait()
        if self.open_fails is not None and not again:
            raise self.open_fails
        one = ViewingDouble(self)
        self.opened.append(one)
        return one, Opened(self.shown, Walls.CALLS | Walls.FILES | Walls.NAMESPACES)
