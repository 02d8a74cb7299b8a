"""What the window asks of the desk about what is said; part of `ui.ports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from jitclient.mentionviews import MentionRow, VersionRow
from jitclient.views import MessageRow
from protocol.ids import MessageId, SpaceId


class TalkPort(Protocol):
    """What is said: mentions, edits."""

    async def mentions(
        self, space: SpaceId | None = None, *, unread: bool = False, limit: int = ...
    ) -> tuple[MentionRow, ...]: ...
    async def edit(self, space: SpaceId, message: MessageId, text: str) -> MessageRow: ...
    async def versions(self, space: SpaceId, message: MessageId) -> tuple[VersionRow, ...]: ...
    async def marks(
        self, asked: str, texts: Sequence[str]
    ) -> tuple[tuple[tuple[int, int], ...], ...]: ...
    async def unread_mentions(self) -> Mapping[SpaceId, int]: ...
