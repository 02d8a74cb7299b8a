"""A store that shows a shorter log is offered what it lacks, once, and nothing where it forks."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from protocol.api.spaces import LogReply, SpacesReply
from protocol.ids import SpaceId
from protocol.membership import EntryKind
from tests.hostile.test_logs import members
from tests.support.hostile import Deed
from tests.support.hostile_log import actor, addition, entry, roster
from tests.support.hostile_team import HostileTeam
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")


def shows_less(team: HostileTeam, space: SpaceId, by: int = 1) -> Deed:
    """Bruno's list of spaces names an earlier entry as the last of one."""

    def older(reply: SpacesReply) -> SpacesReply:
        changed = (replace(s, seq=s.seq - by) if s.id == space else s for s in reply.spaces)
        return replace(reply, spaces=tuple(changed))

    return team.hostile.rewrites(SpacesReply, "/v1/spaces$", older, to=team.device("bruno"))


def offers(team: HostileTeam) -> list[tuple[int, bytes]]:
    """What Bruno's device handed in, and how that was answered."""
    device = team.device("bruno")
    return [
        (e.status, e.request)
        for e in team.hostile.seen
        if e.device == device and e.path.endswith("/log/returned")
    ]


async def test_what_the_store_shows_too_little_of_is_offered_once_and_told(
    team: HostileTeam,
) -> None:
    deed = shows_less(team, team.space, by=2)
    before = await members(team, "bruno")
    for _ in range(3):
        await team["bruno"].sync_now(transfers=False)

    assert deed.count >= 3
    assert [status for status, _ in offers(team)] == [200], "the true store had them all"
    assert await members(team, "bruno") == before
    await team.named("bruno", "log-rollback", "entry 0 instead of 2", "offered")


async def test_a_store_that_ends_with_another_entry_is_offered_nothing(team: HostileTeam) -> None:
    space = await team.new_space("JIT 2026/71", "bruno")
    now = roster(team, "bruno", space)
    heads = team.session("bruno").logs[space].heads
    other = entry(
        now,
        EntryKind.ADD,
        actor(team, "ana"),
        team.session("ana").signing,
        seq=now.seq,
        prev=heads[now.seq - 1],
        **addition(make_person("mallory")),
    )
    await team["ana"].add_member(space, team.user("eva"))
    await team["bruno"].sync_now(transfers=False)

    def forked(reply: LogReply) -> LogReply:
        return replace(reply, entries=(other, *reply.entries[1:]))

    shows_less(team, space)
    deed = team.hostile.rewrites(LogReply, f"{space.hex()}/log", forked, to=team.device("bruno"))
    await team["bruno"].sync_now(transfers=False)

    assert deed.count >= 1
    assert offers(team) == []
    codes = {row.code for row in await team.alarm_rows("bruno")}
    assert codes == {"log-rollback", "log-fork"}
