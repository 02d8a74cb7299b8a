"""What the double of the desk takes on a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitclient.storageviews import KeptRow, StorageView
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
