"""A suppressed closing does not stop the clock of each device."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from jitclient.views import SpaceState
from protocol.api.spaces import LogReply, SpacesReply
from protocol.ids import SpaceId
from tests.support.hostile import Deed
from tests.support.hostile_log import roster
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.later import Later

pytestmark = pytest.mark.asyncio

DAY = 86_400


async def test_a33_a_suppressed_closing_does_not_stop_the_local_clock(
    template: Path, tmp_path: Path
) -> None:
    """Ana closes; the store hides it from Bruno, whose retention period then ends."""
    clock = Later()
    folder = tmp_path / "team"
    async with at_work_with_hostile_store(template, folder, "ana", "bruno", clock=clock) as team:
        space = await team["ana"].create_space(
            agreement="JIT 2026/102", signed_on="2026-05-01", title="Thirty", retention_days=30
        )
        await team["ana"].add_member(space, team.user("bruno"))
        await team["ana"].send(space, "to be forgotten")
        await team.settle(rounds=2)
        known = roster(team, "bruno", space).seq
        deed = hides_entries(team, "bruno", space, known)
        await team["ana"].close_space(space, "done")
        await team["bruno"].sync_now()

        assert deed.count >= 1
        assert "to be forgotten" in await team.texts("bruno", space)
        row = (await team["bruno"].space(space)).row
        assert row.deadline is not None

        clock.passed = 29 * DAY
        await team["bruno"].sync_now()
        assert (await team["bruno"].space(space)).row.state is SpaceState.OPEN
        clock.passed = 30 * DAY + 60
        report = await team["bruno"].sync_now()

        assert report.spaces_wiped == 1
        detail = await team["bruno"].space(space)
        assert detail.row.state is SpaceState.WIPED
        assert "retention period" in detail.close_reason
        left = [p for p in (team.profile("bruno") / "spaces").rglob("*") if space.hex() in str(p)]
        assert left == []
        mine = [w for w in await team["bruno"].wipes(space) if w.device == team.device("bruno")]
        assert mine[0].wiped_at is not None
    shutil.rmtree(folder, ignore_errors=True)


def hides_entries(team: HostileTeam, who: str, space: SpaceId, known: int) -> Deed:
    """Show a log only up to an entry."""

    def older(reply: SpacesReply) -> SpacesReply:
        changed = (
            replace(s, seq=known, closed=False) if s.id == space else s for s in reply.spaces
        )
        return replace(reply, spaces=tuple(changed))

    def shorter(reply: LogReply) -> LogReply:
        return replace(reply, entries=(), seq=known)

    to = team.device(who)
    team.hostile.rewrites(LogReply, f"/{space.hex()}/log", shorter, to=to)
    return team.hostile.rewrites(SpacesReply, "/v1/spaces$", older, to=to)
