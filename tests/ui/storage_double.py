"""What the double of the desk takes on a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jitclient.events import DiskChanged
from jitclient.storageviews import KeptRow, Saved, StorageView
from protocol.errors import DiskError
from protocol.ids import SpaceId
from protocol.limits import MIB

if TYPE_CHECKING:
    from tests.ui.desk_double import DeskDouble

FOLDER = "/home/clara.weiss/.local/share/jitclient/profiles/hamburg"


class StorageDouble:
    """Fits `ui.ports.StoragePort`."""

    def __init__(self, desk: DeskDouble) -> None:
        self._desk = desk
        self.broken = False
        self.refuses = ""
        self.saved: Path | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    def refuse(self, problem: str) -> None:
        """The disk takes no writing, or does again."""
        self.refuses = problem
        self._desk.publish(DiskChanged(problem))

    async def again(self) -> str:
        await self._desk._enter("again")
        return self.refuses

    async def save_copy(self, folder: Path, told: Callable[[int, int], None]) -> Saved:
        await self._desk._enter("save_copy")
        told(1 * MIB, 4 * MIB)
        await self.goes_on.wait()
        self.saved = folder / "jitclient-2026-11-28"
        return Saved(folder=str(self.saved), files=12, unread=("spaces/ab/parts/cd/3",))

    async def kept(self) -> StorageView:
        await self._desk._enter("kept")
        if self.broken:
            raise DiskError("The disk does not answer.")
        rows = [
            KeptRow(
                space=space,
                title=detail.row.title,
                messages=3 * MIB + len(self._desk.rows[space]),
                exhibits=sum(one.size for one in self._desk.files[space]),
            )
            for space, detail in self._desk.details.items()
        ]
        rows.sort(key=_largest_first)
        return StorageView(folder=FOLDER, rows=tuple(rows), keys=2 * MIB, free=81_000 * MIB)


def _largest_first(row: KeptRow) -> tuple[int, SpaceId]:
    return -row.total, row.space
