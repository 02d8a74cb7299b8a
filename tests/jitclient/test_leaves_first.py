"""What was written leaves before it is read back for the screen: both ask the same thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from jitclient.desk import Desk
from protocol.ids import SpaceId

pytestmark = pytest.mark.asyncio


class Asked:
    """What the database thread is asked for, in order; the link's round waits to be nudged."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self._nudged = asyncio.Event()

    async def run(self, function: Callable[..., Any], *_: object) -> Any:
        self.order.append(function.__name__)
        await asyncio.sleep(0)
        return SimpleNamespace(message=bytes(16))

    def send_soon(self) -> None:
        self._nudged.set()

    async def rounds(self) -> None:
        await self._nudged.wait()
        self.order.append("round")


async def test_the_round_that_sends_asks_before_the_screen_does() -> None:
    asked = Asked()
    desk = object.__new__(Desk)
    vars(desk).update(_session=asked, _link=asked)
    rounds = asyncio.get_running_loop().create_task(asked.rounds())
    await asyncio.sleep(0)  # it waits

    await desk.send(SpaceId(bytes(16)), "come at once")

    await rounds
    assert asked.order == ["_write", "round", "one_message"]
