"""The part of the desk that looks back at a space that ended."""

from __future__ import annotations

import os

from jitclient.endviews import UnreachedRow
from jitclient.foundation.text import visible
from jitclient.queries.spaces import record_of
from jitclient.session import Session
from localstore import unreached
from protocol.ids import SpaceId


class EndDesk:
    """One unlocked profile's wiped spaces."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
