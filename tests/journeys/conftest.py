"""One template for all journeys, and a fresh copy of it per test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.later import Later
from tests.support.people_at_work import Team, at_work, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enrolled people and their space, at rest."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(make_template(folder))
    return folder


@pytest_asyncio.fixture
async def team(template: Path, tmp_path: Path) -> AsyncIterator[Team]:
    """Ana, Bruno and Eva, unlocked, with their store running."""
    folder = tmp_path / "team"
    async with at_work(template, folder) as people:
        yield people
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clock() -> Later:
    """The clock of all three of a crew."""
    return Later()


@pytest_asyncio.fixture
async def crew(template: Path, tmp_path: Path, clock: Later) -> AsyncIterator[HostileTeam]:
    """Ana, Bruno and Eva at work; what passes between them and the store is seen."""
    folder = tmp_path / "crew"
    async with at_work_with_hostile_store(template, folder, clock=clock) as people:
        yield people
    shutil.rmtree(folder, ignore_errors=True)
