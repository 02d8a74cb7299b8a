"""The safe viewer as its window uses it; `jitclient.viewdesk` fits structurally."""

from __future__ import annotations

from typing import Protocol

from jitclient.pageviews import Encoding, Opened, Pixels
from protocol.ids import FileId, SpaceId


class ViewingPort(Protocol):
    """One exhibit in the safe viewer."""

    async def page(self, number: int, width: int, height: int) -> Pixels: ...
    def close(self) -> None: ...


class ViewPort(Protocol):
    """Looking at exhibits."""

    @property
    def possible(self) -> bool: ...
    async def open(
        self,
        space: SpaceId,
        file: FileId,
        encoding: Encoding = ...,
        *,
        again: bool = False,
    ) -> tuple[ViewingPort, Opened]: ...
