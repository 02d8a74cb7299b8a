"""The part of the desk double that orders transfers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from jitclient.events import ExhibitsChanged
from jitclient.views import ExhibitState, Going, QueueRow, QueueView
from protocol.ids import FileId, SpaceId
from tests.ui.desk_devices import DeskDevices


class DeskQueue(DeskDevices):
    """Rows that were put in by hand, in the order in which they were put."""

    queued: tuple[QueueRow, ...] = ()
    metered = False
    measured = 0.0
    beside: Mapping[str, Any] = MappingProxyType({})  # other fields of the view
    held: tuple[int, int] = (0, 0)  # bytes per second up and down

    async def queue(self, shown: int = 1_000) -> QueueView:
        await self._enter("queue")
        more = max(0, len(self.queued) - shown)
        rows = self.queued[:shown]
        view = QueueView(rows=rows, more=more, up=self.held[0], down=self.held[1])
        return replace(view, **self.beside)

    async def move_transfer(self, space: SpaceId, file: FileId, *, first: bool) -> None:
        await self._enter("move_transfer")
        moved = tuple(one for one in self.queued if one.file == file)
        rest = tuple(one for one in self.queued if one.file != file)
        self.queued = (*moved, *rest) if first else (*rest, *moved)

    async def put_back_transfer(self, space: SpaceId, file: FileId, rank: int) -> None:
        await self._enter("put_back_transfer")
        moved = next(one for one in self.queued if one.file == file)
        rest = [one for one in self.queued if one.file != file]
        self.queued = (*rest[:rank], moved, *rest[rank:])

    async def upload_rate(self) -> float:
        return self.measured

    def line_is_metered(self, *, yes: bool) -> None:
        self.metered = yes

    async def pause_all(self) -> None:
        await self._enter("pause_all")
        self.queued = tuple(replace(one, going=Going.PAUSED, rate=0.0) for one in self.queued)

    async def resume_all(self) -> None:
        await self._enter("resume_all")
        self.queued = tuple(replace(one, going=Going.WAITING) for one in self.queued)

    async def limit(self, *, up: int | None = None, down: int | None = None) -> None:
        await self._enter("limit")
        known_up, known_down = self.held
        self.held = (known_up if up is None else up, known_down if down is None else down)

    async def _turn(self, call: str, space: SpaceId, file: FileId, state: ExhibitState) -> None:
        await self._enter(call)
        self._put(replace(self._file(space, file), state=state, rate=0.0))
        self.publish(ExhibitsChanged(space))

    async def pause(self, space: SpaceId, file: FileId) -> None:
        await self._turn("pause", space, file, ExhibitState.PAUSED)

    async def resume(self, space: SpaceId, file: FileId) -> None:
        await self._turn("resume", space, file, ExhibitState.UPLOADING)

    async def cancel(self, space: SpaceId, file: FileId, reason: str = "") -> None:
        self.reason = reason
        await self._turn("cancel", space, file, ExhibitState.CANCELLED)
