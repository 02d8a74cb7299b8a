"""The main job on a store of two processes behind a proxy, while everything of it fails in turn.

Real clients and their desks; PostgreSQL and the S3 server are this test's own.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from jitclient.views import ExhibitState, SpaceState
from tests.support.balancer import balancing
from tests.support.people_at_work import PEOPLE, Team, at_work, evidence_file, make_template
from tests.support.servers import Places, own_postgres, own_s3, places
from tests.support.store import StoreHandle

pytestmark = pytest.mark.asyncio

SIZE = 9 * 1024 * 1024 + 1


@dataclass
class House:
    """A team, the two processes of its store, and what both stand on."""

    team: Team
    one: StoreHandle
    other: StoreHandle
    where: Places

    async def insist(self, *names: str) -> None:
        """Rounds of everybody until nothing waits, as the window does them by itself."""
        for name in names or PEOPLE:
            tries = 0
            while not await self._through(name):
                tries += 1
                assert tries < 50, f"{name} never came through"

    async def _through(self, name: str) -> bool:
        report = await self.team[name].sync_now()
        return report.online and not (report.waiting_messages or report.waiting_transfers)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Ana, Bruno and Eva at work with two processes behind a proxy."""
    with ExitStack() as ends:
        where = places(tmp_path, ends.enter_context(own_postgres()), ends.enter_context(own_s3()))
        found = ends.enter_context(where)
        (tmp_path / "template").mkdir()
        await make_template(tmp_path / "template", found)
        async with AsyncExitStack() as work:
            folder = tmp_path / "team"
            team = await work.enter_async_context(
                at_work(tmp_path / "template", folder, places=found, running=False)
            )
            one, other = team.store.beside(), team.store.beside()
            for process in (one, other):
                await asyncio.to_thread(process.start)
                work.callback(process.stop)
            work.enter_context(balancing(team.store.address, one.listen, other.listen))
            yield House(team, one, other, found)
    shutil.rmtree(tmp_path / "team", ignore_errors=True)


async def test_a_day_on_which_everything_fails_loses_nothing(house: House, tmp_path: Path) -> None:
    team, space = house.team, house.team.space
    texts = []

    async def write(who: str, text: str) -> None:
        texts.append(text)
        await team[who].send(space, text)

    await write("ana", "before anything")
    await house.insist()

    house.one.kill()
    await write("bruno", "with one process")
    await house.insist()
    await asyncio.to_thread(house.one.start)

    await asyncio.to_thread(house.where.postgres.stop, "immediate")
    await write("eva", "without a database")
    assert (await team["eva"].sync_now()).waiting_messages == 1
    await asyncio.to_thread(house.where.postgres.start)
    await house.insist()

    house.where.s3.stop()
    await write("ana", "without a bucket")
    await house.insist()
    source = evidence_file(tmp_path, "image.img", SIZE)
    await team["ana"].add_evidence(space, source, to=[team.user("bruno")])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(house.insist("ana"))
        await asyncio.to_thread(house.where.s3.start)
    house.other.kill()
    await house.insist()
    await asyncio.to_thread(house.other.start)
    for _ in range(4):
        await house.insist()

    conversations = [[t for t in await team.texts(who) if t in texts] for who in PEOPLE]
    assert [sorted(one) for one in conversations] == [sorted(texts)] * 3
    exhibit = await team.exhibit("bruno", "image.img")
    assert exhibit.state is ExhibitState.VERIFIED
    assert [await team.alarms(who) for who in PEOPLE] == [[], [], []]

    await asyncio.to_thread(house.where.postgres.restart, "immediate")
    await team["ana"].close_space(space, "done")
    for _ in range(3):
        await house.insist()
    assert all(w.wiped_at is not None for w in await team["ana"].wipes(space))
    assert (await team["ana"].space(space)).row.state is SpaceState.WIPED
