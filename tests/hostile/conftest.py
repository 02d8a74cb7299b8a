"""One template for all attacks, and a fresh copy of it per test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.hostile_team import (
    HostileTeam,
    at_work_with_hostile_store,
    make_hostile_template,
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enrolled people and their space, at rest."""
    folder = tmp_path_factory.mktemp("hostile")
    asyncio.run(make_hostile_template(folder))
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[HostileTeam]:
    """Ana, Bruno and Eva for one module: unlocking three people takes longer than an attack."""
    folder = tmp_path_factory.mktemp("crew") / "team"
    async with at_work_with_hostile_store(template, folder) as people:
        yield people
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(loop_scope="module")
async def team(crew: HostileTeam) -> AsyncIterator[HostileTeam]:
    """The crew of this module: nothing waits, no alarm stands, and the store behaves again."""
    await crew.mark()
    yield crew
    await crew.make_up()
