"""The exhibits that a conversation speaks of: few, where a space may have a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable

from jitclient.mentionviews import parts
from jitclient.views import ExhibitRow, MessageRow
from protocol.ids import FileId, SpaceId
from ui.ports import DeskPort


async def spoken_of(
    desk: DeskPort, space: SpaceId, messages: Iterable[MessageRow], draft: str = ""
) -> dict[FileId, ExhibitRow]:
    """Those that messages announce and that a draft points to.

    Raises:
        JitError: what reading may end with.
    """
    meant = (one.file for one in parts(draft) if not isinstance(one, str))
    every = {one.file: None for one in messages} | dict.fromkeys(meant)
    files = [file for file in every if file is not None]
    found = await desk.talking.exhibits(space, files) if files else ()
    return {one.file: one for one in found}
