"""The part of the desk about what is said: mentions."""

from __future__ import annotations

from collections.abc import Mapping

from jitclient.mentionviews import MentionRow
from jitclient.queries import mentioned
from jitclient.session import Session
from protocol.ids import SpaceId

SHOWN = 200


class TalkDesk:
    """One unlocked profile's conversations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def mentions(
        self, space: SpaceId | None = None, *, unread: bool = False, limit: int = SHOWN
    ) -> tuple[MentionRow, ...]:
        """Messages that point to this person, newest first, in one space or in all."""
        return await self._session.run(mentioned.of_me, self._session, space, limit, unread=unread)

    async def unread_mentions(self) -> Mapping[SpaceId, int]:
        """How many mentions of this person nobody has seen here yet, by space."""
        return await self._session.run(mentioned.unread, self._session)
