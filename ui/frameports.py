"""The faces of the desk that the frame itself uses; part of what `ports.py` offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from jitclient.endviews import Outstanding, UnreachedRow
from jitclient.networkviews import Authority, Look
from jitclient.storageviews import Saved, StorageView
from jitclient.todayviews import NeedRow
from protocol.ids import SpaceId


class EndingsPort(Protocol):
    """What is to say of spaces that end, or did."""

    async def outstanding(self, space: SpaceId) -> Outstanding: ...
    async def unreached(self, space: SpaceId) -> tuple[UnreachedRow, ...]: ...


class StoragePort(Protocol):
    """The room that the profile takes on the disk."""

    @property
    def refuses(self) -> str: ...
    async def kept(self) -> StorageView: ...
    async def again(self) -> str: ...
    async def save_copy(self, folder: Path, told: Callable[[int, int], None]) -> Saved: ...


class NetworkPort(Protocol):
    """The way to the store."""

    async def proxy(self, value: str | None) -> None: ...
    async def choose(self, key: str, value: str) -> None: ...
    async def demand(self, file: Path | None) -> None: ...
    async def authorities(self) -> tuple[Authority, ...]: ...
    async def look(self) -> Look: ...


class TodayPort(Protocol):
    """What waits for this person."""

    async def needs(self) -> tuple[NeedRow, ...]: ...
    async def warnings(self) -> int: ...


class LeftPort(Protocol):
    """How a person left each space."""

    async def noted(self, space: SpaceId) -> Mapping[str, str]: ...
    async def note(self, space: SpaceId, changed: Mapping[str, str]) -> None: ...
