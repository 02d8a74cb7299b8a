"""SIGKILL around every act of exhibits that go together: each arrives once, and only once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from jitclient.grouping import TOGETHER_FROM
from jitclient.views import ExhibitState
from tests.journeys.test_kill_client import THOROUGH, Killed, _team
from tests.support.dying_store import dying
from tests.support.people_at_work import Team, evidence_file

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

KILLS_OF_THE_STORE = (
    ("small.store", 1, "before"),  # the first job makes room,
    ("small.store", 1, "after"),
    ("small.store", 2, "before"),  # the second shows what is durable
    ("small.store", 2, "after"),
    ("small.fetch", 1, "after"),
    ("small.verified", 1, "before"),
    ("small.verified", 1, "after"),
)
STRIDE = 1 if THOROUGH else 5
"""Odd: before and after a commit take turns."""


async def offer(team: Team, who: str, to: str, folder: Path, label: str) -> list[str]:
    """As many small exhibits as go together, registered."""
    names = [f"{label}-{number}.txt" for number in range(TOGETHER_FROM)]
    for name in names:
        source = evidence_file(folder, name, 700)
        await team[who].add_evidence(team.space, source, to=[team.user(to)])
    return names


async def handed_over_once(team: Team, who: str, to: str, names: list[str]) -> None:
    """Everybody has every exhibit, and the custody logs tell it once."""
    here, there = await team[who].exhibits(team.space), await team[to].exhibits(team.space)
    assert sorted(row.name for row in here) == sorted(row.name for row in there) == sorted(names)
    assert {row.state for row in here} == {ExhibitState.ON_SERVER}
    assert {row.state for row in there} == {ExhibitState.VERIFIED}
    mine = [(e.what, e.subject) for e in await team[who].custody(team.space)]
    theirs = [(e.what, e.subject) for e in await team[to].custody(team.space)]
    for name in names:
        for what in ("exhibit-added", "exhibit-handed-over", "exhibit-verified"):
            assert mine.count((what, name)) == 1, (what, name)
        assert theirs.count(("exhibit-verified", name)) == 1, name
    assert await team.alarms(who) == await team.alarms(to) == []
    assert team.store.keeps(0)


async def test_small_exhibits_arrive_once_when_the_store_is_killed(
    team: Team, tmp_path: Path
) -> None:
    names: list[str] = []
    for operation, nth, when in KILLS_OF_THE_STORE:
        team.store.stop()
        async with dying(team.store, operation, nth, when):
            names += await offer(team, "ana", "bruno", tmp_path, f"{operation}-{nth}-{when}")
            for name in ("ana", "bruno", "ana"):
                await team[name].sync_now()
        await team.settle("ana", "bruno", rounds=2)

    await handed_over_once(team, "ana", "bruno", names)


@pytest_asyncio.fixture
async def killed(template: Path, tmp_path: Path) -> AsyncIterator[Killed]:
    async for one in _team(template, tmp_path / "team", "bruno"):
        yield one


async def test_small_exhibits_are_handed_over_once_wherever_their_owner_is_killed(
    killed: Killed, tmp_path: Path
) -> None:
    team, point, dead, names = killed.team, 1, True, list[str]()
    while dead:
        await team.unlock("bruno")
        names += await offer(team, "bruno", "ana", tmp_path / "source", f"at-{point}")
        await team.lock("bruno")
        dead, _ = await killed.act("sync", point)
        point += STRIDE
    assert point > 2 * STRIDE + 1, "it was never killed: nothing was tested"
    await killed.restart()
    await team.settle("ana", rounds=2)
    await team.unlock("bruno")
    await team.settle("bruno", "ana", rounds=2)

    await handed_over_once(team, "bruno", "ana", names)


async def test_small_exhibits_are_verified_once_wherever_the_recipient_is_killed(
    killed: Killed, tmp_path: Path
) -> None:
    team, point, dead, names = killed.team, 1, True, list[str]()
    while dead:
        names += await offer(team, "ana", "bruno", tmp_path / "source", f"at-{point}")
        await team["ana"].sync_now()
        dead, _ = await killed.act("sync", point)
        point += STRIDE
    assert point > 2 * STRIDE + 1, "it was never killed: nothing was tested"
    await killed.restart()
    await team.unlock("bruno")
    await team.settle("ana", "bruno", rounds=2)

    await handed_over_once(team, "ana", "bruno", names)
