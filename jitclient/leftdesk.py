"""The part of the desk that remembers how a person left each space."""

from __future__ import annotations

from collections.abc import Mapping

from jitclient.session import Session
from jitclient.usecases import leave_off
from protocol.ids import SpaceId


class LeftDesk:
    """One unlocked profile's places, filters and begun texts."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def noted(self, space: SpaceId) -> Mapping[str, str]:
        """What was kept of a space; see `usecases.leave_off`."""
        return await self._session.run(leave_off.noted, self._session, space)

    async def note(self, space: SpaceId, changed: Mapping[str, str]) -> None:
        """Keep what changed; see `usecases.leave_off`."""
        await self._session.run(leave_off.note, self._session, space, changed)
