"""Wipe receipts: posting those of this device, reading those of the others of a closed space."""

from __future__ import annotations

from protocol.errors import ErasedError
from protocol.ids import SpaceId
from sync.api import StoreApi
from sync.errors import ConflictError
from sync.ports import Closing
from sync.steps import Steps


async def exchange(steps: Steps, api: StoreApi, closing: Closing) -> None:
    """Post what the store lacks and read what it has; one space's failure is its own."""
    for space, receipt in await closing.unposted():
        await steps.attempt(_post(steps, api, closing, space, receipt))
    for space in await closing.watching():
        await steps.attempt(_read(api, closing, space))


async def _post(
    steps: Steps, api: StoreApi, closing: Closing, space: SpaceId, receipt: bytes
) -> None:
    try:
        await api.post_wipe(space, receipt)
    except (ConflictError, ErasedError) as error:
        steps.note(error)  # it holds one of this device already, or the space is past
    await closing.posted(space, receipt)


async def _read(api: StoreApi, closing: Closing, space: SpaceId) -> None:
    await closing.received(space, await api.wipes(space))
