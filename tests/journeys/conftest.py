"""One template for all journeys, and a fresh copy of it per test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.later import Later
from tests.support.people_at_work import Team, at_work, make_template
from tests.support.servers import Places, places


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enrolled people and their space, at rest."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(make_template(folder))
    return folder


@pytest.fixture(scope="session")
def shared_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Places]]:
    """The same, at rest on PostgreSQL and in a bucket."""
    folder = tmp_path_factory.mktemp("shared")
    with places(folder) as where:
        (folder / "template").mkdir()
        asyncio.run(make_template(folder / "template", where))
        yield folder / "template", where


@pytest.fixture
def backend() -> str:
    """Which store a team works with; a journey that runs on both says so by its parameters."""
    return "embedded"


@pytest.fixture
def start(request: pytest.FixtureRequest, backend: str) -> Iterator[tuple[Path, Places | None]]:
    """The template to copy, and the database and bucket to work on."""
    if backend == "embedded":
        yield request.getfixturevalue("template"), None
        return
    found, first = request.getfixturevalue("shared_template")
    with first.copied() as where:
        yield found, where


@pytest_asyncio.fixture
async def team(start: tuple[Path, Places | None], tmp_path: Path) -> AsyncIterator[Team]:
    """Ana, Bruno and Eva, unlocked, with their store running."""
    folder = tmp_path / "team"
    async with at_work(start[0], folder, places=start[1]) as people:
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
