"""The part of the desk that changes the way to the store, and tries it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from jitclient import metering, networking
from jitclient.link import Link
from jitclient.networkviews import Authority, Look
from jitclient.session import Session


class NetworkDesk:
    """One unlocked profile's way to its store. What is set holds from the next connection on."""

    def __init__(self, session: Session, link: Link) -> None:
        self._session = session
        self._link = link

    async def proxy(self, value: str | None) -> None:
        """Go through this one; None: as if this profile had never said.

        Raises:
            ConfigurationError: it cannot be meant, or the machine decides.
            DiskError: it cannot be written.
        """
        await asyncio.to_thread(networking.choose_proxy, self._folder, value)
        self._link.renew()

    async def choose(self, key: str, value: str) -> None:
        """Set something of the desktop, from the next start on; `metered` holds at once.

        Raises:
            ConfigurationError: it cannot be meant, or the machine decides.
            DiskError: it cannot be written.
        """
        await asyncio.to_thread(networking.choose, self._folder, key, value)
        if key == metering.KEY:
            await asyncio.to_thread(self._link.transfers.metering.refresh)
            self._link.consider()

    async def demand(self, file: Path | None) -> None:
        """Demand an authority of this file, of which a copy is kept; None: demand none.

        Raises:
            ConfigurationError: there is none in it, or the machine decides.
            CannotReadError: it cannot be read.
            DiskError: it cannot be kept.
        """
        await asyncio.to_thread(networking.demand, self._folder, file)
        self._link.renew()

    async def authorities(self) -> tuple[Authority, ...]:
        """Those that are demanded now.

        Raises:
            ConfigurationError: the file is not what it was.
        """
        return await asyncio.to_thread(networking.demanded, self._folder)

    async def look(self) -> Look:
        """Try the way to the store; at most half a minute.

        Raises:
            ConfigurationError: the environment names a proxy that cannot be meant.
        """
        address, pin = self._session.identity.store_address, self._link.certificate
        now = self._session.clock.now()
        return await asyncio.to_thread(networking.look, address, pin, now)

    @property
    def _folder(self) -> Path:
        return self._session.profile.directory
