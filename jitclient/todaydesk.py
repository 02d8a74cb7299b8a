"""The part of the desk that says what waits for its person."""

from __future__ import annotations

from jitclient import spacewise
from jitclient.queries import today
from jitclient.session import Session
from jitclient.todayviews import NeedRow


class TodayDesk:
    """One unlocked profile's needs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def needs(self) -> tuple[NeedRow, ...]:
        """Everything that waits for this person.

        Space by space, so that what else wants the database comes in between.
        """
        found = await self._session.run(today.at_large, self._session)
        for space in await self._session.run(spacewise.at_work, self._session):
            found += await self._session.run(today.inside, self._session, space)
        return tuple(found)

    async def warnings(self) -> int:
        """How many warnings of what the store erases soon are due; see `todayviews.WARNED_AT`."""
        return await self._session.run(today.warnings, self._session)
