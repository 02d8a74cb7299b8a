"""The prekey bundles of devices that this one has no session with: claimed one by one."""

from __future__ import annotations

from protocol.errors import JitError
from protocol.ids import DeviceId, SpaceId
from sync.api import StoreApi
from sync.errors import NotSignedInError
from sync.ports import Sessions
from sync.steps import FATAL, Steps


async def claim(steps: Steps, api: StoreApi, sessions: Sessions) -> int:
    """Ask for every bundle that is wanted; how many were. One device's failure is its own."""
    wanted = await sessions.wanted()
    for space, device in wanted:
        await steps.attempt(_one(api, sessions, space, device))
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
