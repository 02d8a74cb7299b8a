"""What the window asks of the desk about what is said; part of `ui.ports`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jitclient.mentionviews import MentionRow
from protocol.ids import SpaceId


class TalkPort(Protocol):
    """What is said: mentions."""

    async def mentions(
        self, space: SpaceId | None = None, *, unread: bool = False, limit: int = ...
    ) -> tuple[MentionRow, ...]: ...
    async def unread_mentions(self) -> Mapping[SpaceId, int]: ...
