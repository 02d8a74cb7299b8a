"""The part of the desk that looks at a space that is to end, and back at one that did."""

from __future__ import annotations

import os

from jitclient.endviews import Outstanding, UnreachedRow
from jitclient.foundation.text import visible
from jitclient.queries import ending
from jitclient.queries.spaces import record_of
from jitclient.session import Session
from localstore import unreached
from protocol.ids import SpaceId


class EndDesk:
    """One unlocked profile's wiped spaces."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def outstanding(self, space: SpaceId) -> Outstanding:
        """What a closing would end or leave behind; see `queries.ending`."""
        return await self._session.run(ending.outstanding, self._session, space)

    async def unreached(self, space: SpaceId) -> tuple[UnreachedRow, ...]:
        """What the wipe on this device could not reach, by kind; empty while the space lives.

        Raises:
            NotFoundError: no such space here.
        """
        return await self._session.run(_rows, self._session, space)


def _rows(session: Session, space: SpaceId) -> tuple[UnreachedRow, ...]:
    record_of(session, space)
    found = unreached.of_space(session.stores.device, space)
    return tuple(
        UnreachedRow(what=row.what, name=visible(os.fsdecode(row.name)), at=row.at) for row in found
    )
