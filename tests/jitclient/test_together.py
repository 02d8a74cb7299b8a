"""What nobody foresaw in a group of small exhibits ends that group, and is not met without end."""

from __future__ import annotations

import asyncio

import pytest

from jitclient import send_together
from jitclient.grouping import SMALL_AT_ONCE, TOGETHER_FROM
from tests.jitclient import test_scheduling
from tests.jitclient.test_scheduling import Desk

desk = test_scheduling.desk  # the fixture


@pytest.mark.asyncio
async def test_after_a_failure_of_ours_a_group_rests_until_the_next_round_and_goes_one_by_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    async def fail(*_: object) -> None:
        begun.append(True)
        raise TypeError

    monkeypatch.setattr(send_together, "send", fail)
    files = [desk.add(f"{n}.txt", 100) for n in range(TOGETHER_FROM)]
    await desk.transfers.run_due()
    (group,) = {one.task for one in desk.transfers._running.values()}
    await asyncio.wait((group,))
    assert isinstance(group.exception(), TypeError)

    await desk.transfers.settle()
    assert desk.moving() == []

    await desk.run()
    assert desk.moving() == files[:SMALL_AT_ONCE]
    assert begun == [True]
    await desk.transfers.stop()
