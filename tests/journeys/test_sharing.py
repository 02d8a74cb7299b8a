"""The past, shared by a signed entry over a real store; and what the group decides besides."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from protocol.errors import NotFoundError
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def crew(template: Path, tmp_path: Path) -> AsyncIterator[HostileTeam]:
    """Ana, Bruno and Eva at work."""
    folder = tmp_path / "crew"
    async with at_work_with_hostile_store(template, folder) as team:
        yield team
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_new_member_reads_of_the_past_what_an_administrator_opened(
    crew: HostileTeam, tmp_path: Path
) -> None:
    space = await crew.new_space("JIT 2026/51", "bruno")
    for who in ("ana", "bruno"):
        await crew[who].send(space, f"Said by {who} before Eva came.")
        await crew.settle("ana", "bruno", rounds=2)
    await crew["ana"].add_member(space, crew.user("eva"))
    await crew.settle(rounds=3)
    said = await crew.texts("ana", space)
    assert await crew.texts("eva", space) == []

    await crew["ana"].share_history(space, crew.user("eva"), 0)
    await crew.settle(rounds=3)

    rows = [r for r in await crew["eva"].messages(space) if r.text in said]
    assert [r.text for r in rows] == said
    assert {r.told_by for r in rows} == {"Ana Lima"}
    for who in ("ana", "bruno", "eva"):
        await crew.told(who, "Ana Lima opened earlier messages to Eva Moreau.", space=space)
        assert not (await crew[who].space(space)).verified_only

    await crew["ana"].set_policy(space, verified_only=True)
    await crew.settle(rounds=2)
    for who in ("ana", "bruno", "eva"):
        assert (await crew[who].space(space)).verified_only
    with pytest.raises(NotFoundError):
        await crew["eva"].export_fork_proof(space, tmp_path / "none")
    assert not (tmp_path / "none").exists()
    await crew.calm("ana", "bruno", "eva")
