"""The part of the desk that says what is kept on this disk."""

from __future__ import annotations

import asyncio

from jitclient.queries import storage
from jitclient.session import Session
from jitclient.storageviews import StorageView


class StorageDesk:
    """One unlocked profile's room on the disk."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def kept(self) -> StorageView:
        """How large what is; read anew each time, in a thread of its own.

        Raises:
            DiskError: the disk cannot be asked.
        """
        listed = await self._session.run(storage.listed, self._session)
        return await asyncio.to_thread(storage.measured, self._session.profile.directory, listed)
