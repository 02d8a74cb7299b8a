"""R13.1: a store that lets a second space be opened for one JIT is found out by the members."""

from __future__ import annotations

import pytest

from tests.centralstore import logs
from tests.support.hostile_team import HostileTeam

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_second_space_for_one_agreement_is_told_to_who_is_in_both(
    team: HostileTeam,
) -> None:
    first = await team.new_space("JIT 2026/77", "bruno")
    await team.calm("bruno")
    logs.tamper(
        team.store.data_dir, "UPDATE space SET agreement = ? WHERE id = ?", bytes(32), first
    )

    await team.new_space("JIT 2026/77", "bruno")

    await team.named("bruno", "second-space", "JIT 2026/77", "Ana Lima")


async def test_another_agreement_is_another_space(team: HostileTeam) -> None:
    await team.new_space("JIT 2026/78", "bruno")
    await team.new_space("JIT 2026/79", "bruno")

    await team.calm("bruno")
