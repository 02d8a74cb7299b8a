"""The part of the desk that says what is kept on this disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from jitclient import diskwatch
from jitclient.queries import storage
from jitclient.session import Session
from jitclient.storageviews import Saved, StorageView
from jitclient.usecases import copy_profile


class StorageDesk:
    """One unlocked profile's room on the disk."""

    def __init__(self, session: Session, nudge: Callable[[], None]) -> None:
        self._session = session
        self._nudge = nudge

    @property
    def refuses(self) -> str:
        """Why nothing is written at the moment, a sentence; empty: the disk takes it."""
        return self._session.disk

    async def again(self) -> str:
        """Try whether the disk takes writing now; see `refuses`."""
        problem = await self._session.run(diskwatch.look, self._session)
        self._nudge()
        return problem

    async def save_copy(self, folder: Path, told: Callable[[int, int], None]) -> Saved:
        """Copy the profile to another place; see `usecases.copy_profile`."""
        return await copy_profile.copy_profile(self._session, folder, told)

    async def kept(self) -> StorageView:
        """How large what is; read anew each time, in a thread of its own.

        Raises:
            DiskError: the disk cannot be asked.
        """
        listed = await self._session.run(storage.listed, self._session)
        return await asyncio.to_thread(storage.measured, self._session.profile.directory, listed)
