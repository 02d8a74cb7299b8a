"""The loop of the product, and a team whose desks are not started.

Windows are opened inside a test: between it and its fixtures pytest-qt works off what Qt has to do
(tests/ui/loops.py).
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication

from tests.support.people_at_work import Team, at_work, make_template
from tests.ui.loops import window_loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every async test of the window runs on the loop the product runs on."""
    return {"qasync": window_loop}


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """pytest-qt shares the application of the product."""
    return QApplication


@pytest_asyncio.fixture(loop_scope="session")
async def template(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enrolled people and their space, at rest; made once, on the loop of the first test."""
    folder = tmp_path_factory.getbasetemp() / "team-at-rest"
    if not (folder / "team.json").exists():
        folder.mkdir(exist_ok=True)
        await make_template(folder)
    return folder


@pytest_asyncio.fixture(loop_scope="session")
async def team(template: Path, tmp_path: Path) -> AsyncIterator[Team]:
    """Bruno and Eva unlocked, the store running; Ana's profile waits for her window."""
    folder = tmp_path / "team"
    async with at_work(template, folder, "bruno", "eva") as people:
        yield people
    shutil.rmtree(folder, ignore_errors=True)
