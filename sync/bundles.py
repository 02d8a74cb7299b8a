"""The prekey bundles of devices that this one has no session with, several at once.

A first message to a space of twenty needs nineteen; one after the other they would take as many
times the way to the store and back.
"""

from __future__ import annotations

import asyncio
from typing import Final

from protocol.errors import JitError
from protocol.ids import DeviceId, SpaceId
from sync.api import StoreApi
from sync.errors import NotSignedInError
from sync.ports import Sessions
from sync.steps import FATAL, Steps

AT_ONCE: Final = 3


async def claim(steps: Steps, api: StoreApi, sessions: Sessions) -> int:
    """Ask for every bundle that is wanted; how many were. One device's failure is its own.

    Raises:
        StoreUnreachableError, StoreBusyError, StoreIdentityError, BugError: what ends a round.
    """
    wanted = await sessions.wanted()
    rest = iter(wanted)

    async def some() -> None:
        for space, device in rest:
            await steps.attempt(_one(api, sessions, space, device))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in wanted[:AT_ONCE]:
                group.create_task(some())
    except ExceptionGroup as ended:
        raise ended.exceptions[0] from None
    return len(wanted)


async def _one(api: StoreApi, sessions: Sessions, space: SpaceId, device: DeviceId) -> None:
    try:
        bundle = await api.claim_bundle(space, device)
    except (*FATAL, NotSignedInError):
        raise
    except JitError:
        await sessions.no_bundle(space, device)
        raise
    await sessions.bundle(space, device, bundle)
