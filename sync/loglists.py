"""Fetching the device lists that a page of a membership log needs before it can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from protocol.ids import SpaceId, UserId
from sync.api import StoreApi
from sync.ports import Logs
from sync.steps import Steps

MAX_LISTS: Final = 2_000
"""For one page: 200 entries of honest people need a few hundred at most."""


async def fetch(
    steps: Steps, api: StoreApi, logs: Logs, space: SpaceId, entries: Sequence[bytes]
) -> None:
    """Fetch what `entries` need; a list names the one before it, so ask until nothing is lacking.

    One that is not to be had is asked for once; the entry that needs it is then refused.
    """
    asked: set[tuple[UserId, bytes]] = set()
    while len(asked) < MAX_LISTS:
        wanted = await logs.lists_wanted(space, entries)
        fresh = [name for name in wanted if name not in asked]
        if not fresh:
            return
        asked.update(fresh)
        for user, head in fresh:
            await steps.attempt(_fetch(api, logs, user, head))


async def _fetch(api: StoreApi, logs: Logs, user: UserId, head: bytes) -> None:
    await logs.device_list(user, head, await api.device_list(user, head))
