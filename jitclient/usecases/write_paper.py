"""Writes a paper of a space to a file: what leaves the profile is on record before it is made."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jitclient import carrying_out, newfile
from jitclient.paperviews import PaperKind
from jitclient.session import Session
from protocol.ids import SpaceId


async def write(
    session: Session, space: SpaceId, kind: PaperKind, path: Path, data: bytes, count: int = 0
) -> None:
    """Write `data`, a whole PDF, to a new file; the log says that it was, and how much it tells.

    `count` is of what the paper lists; see `PaperKind.counted`.

    Raises:
        CannotCreateError: something of that name is there, or nothing can be made there.
        DiskError: writing failed. SpaceClosedError: the space ended meanwhile. Nothing is left.
    """
    detail = f"{count} {kind.counted}" if kind.counted else ""
    copy = carrying_out.planned(path.absolute(), kind.value, detail=detail)
    view = memoryview(data)
    async with carrying_out.carried(session, space, [copy]):
        await asyncio.to_thread(
            newfile.create,
            copy.path,
            lambda out: newfile.write_all(out, view),
            temporary=copy.temporary,
        )
