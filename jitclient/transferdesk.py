"""The part of the desk that orders transfers: the queue, its order, pauses and limits."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from jitclient import queueing
from jitclient.devicedesk import DeviceDesk
from jitclient.queries import queue
from jitclient.views import QueueView
from localstore import limits
from localstore.limits import Limits
from protocol.ids import FileId, SpaceId


class TransferDesk(DeviceDesk):
    """Transfers of an unlocked profile."""

    async def pause(self, space: SpaceId, file: FileId) -> None:
        """Pause a transfer; it stays paused over restarts."""
        await self._link.transfers.pause(space, file)

    async def resume(self, space: SpaceId, file: FileId) -> None:
        """Go on with a paused or failed transfer."""
        await self._link.transfers.resume(space, file)
        self._link.nudge()

    async def cancel(self, space: SpaceId, file: FileId, reason: str = "") -> None:
        """Cancel a transfer; an own exhibit that was handed over is withdrawn, for a `reason`."""
        await self._link.transfers.cancel(space, file, reason)
        self._link.nudge()

    async def pause_all(self) -> None:
        """Pause everything that travels or waits, in every space."""
        await self._link.transfers.pause_all()

    async def resume_all(self) -> None:
        """Go on with everything that was paused."""
        await self._link.transfers.resume_all()
        self._link.nudge()

    async def move_transfer(self, space: SpaceId, file: FileId, *, first: bool) -> None:
        """Let a transfer go before, or after, all others of every space."""
        await self._link.transfers.move(space, file, first=first)
        self._link.nudge()

    async def put_back_transfer(self, space: SpaceId, file: FileId, rank: int) -> None:
        """Take back that a transfer was moved; `rank` as its row had it."""
        await self._session.run(queueing.put_back, self._session, space, file, rank)
        self._link.nudge()

    async def queue(self, shown: int = queue.SHOWN) -> QueueView:
        """What travels, in order, and what waits to leave."""
        found = await self._session.run(queue.queue, self._session, shown)
        problem, next_try = self._link.trouble()
        of = self._link.transfers.metering
        return replace(
            found,
            problem=problem,
            next_try=next_try,
            metered=of.setting.value,
            metered_locked=of.setting.locked,
            held=of.holds,
        )

    async def upload_rate(self) -> float:
        """Bytes per second at which uploads moved last since unlocking, within their limit.

        0: none has been measured, and there is no limit.
        """
        measured = self._session.measured.get(self._link.transfers.up, 0.0)
        bound = (await self.limits()).up
        return min(measured, bound) if measured and bound else measured or bound

    def line_is_metered(self, *, yes: bool) -> None:
        """What the system says of the line now; called often, and costs nothing."""
        of = self._link.transfers.metering
        if of.system is not yes:
            of.system = yes
            self._link.consider()

    async def limits(self) -> Limits:
        """Bytes per second each way; 0: any number."""
        return await asyncio.to_thread(limits.load, self._session.profile.directory)

    async def limit(self, *, up: int | None = None, down: int | None = None) -> None:
        """Bound a direction, for good; the lanes take it up within a second."""
        known = await self.limits()
        wanted = replace(
            known,
            up=known.up if up is None else up,
            down=known.down if down is None else down,
        )
        await asyncio.to_thread(limits.save, self._session.profile.directory, wanted)
