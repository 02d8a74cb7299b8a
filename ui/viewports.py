"""Looking at exhibits and reviewing them; `jitclient.viewdesk` and `reviewdesk` fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from jitclient.pageviews import Encoding, Opened, Pixels
from jitclient.reviewviews import ReviewState
from jitclient.views import ExhibitRow
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


class ReviewPort(Protocol):
    """What this person makes of exhibits."""

    async def mark(self, space: SpaceId, file: FileId, state: ReviewState) -> ExhibitRow: ...
    async def note(self, space: SpaceId, file: FileId, text: str) -> ExhibitRow: ...
    async def tag(
        self,
        space: SpaceId,
        file: FileId,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> ExhibitRow: ...
    async def mark_all(
        self, space: SpaceId, files: Sequence[FileId], state: ReviewState
    ) -> None: ...
    async def tag_all(
        self,
        space: SpaceId,
        files: Sequence[FileId],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> tuple[FileId, ...]: ...
    async def row(self, space: SpaceId, file: FileId) -> ExhibitRow: ...
    async def next(self, space: SpaceId, after: FileId | None = None) -> ExhibitRow | None: ...
    async def tags(self, space: SpaceId) -> tuple[tuple[str, int], ...]: ...
    async def views(self, space: SpaceId) -> Mapping[str, str]: ...
    async def save_view(self, space: SpaceId, name: str, filter_: str) -> None: ...
    async def drop_view(self, space: SpaceId, name: str) -> None: ...
