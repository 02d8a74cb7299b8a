"""Closing while somebody is away: he wipes on his return, and the others see it only then."""

from __future__ import annotations

import pytest

from jitclient.views import SpaceState
from protocol.errors import NotPermittedError, SpaceClosedError
from tests.support.people_at_work import Team

pytestmark = pytest.mark.asyncio


async def _confirmed(team: Team, who: str) -> dict[str, bool]:
    return {w.name: w.wiped_at is not None for w in await team[who].wipes(team.space)}


async def test_a_member_who_was_away_wipes_on_his_return(team: Team) -> None:
    await team.lock("bruno")
    folder = team.profile("bruno") / "spaces" / team.space.hex()

    await team["ana"].close_space(team.space, "The trial is over.")
    await team.settle(rounds=2)
    assert await _confirmed(team, "ana") == {
        "Ana Lima": True,
        "Bruno Keller": False,
        "Eva Moreau": True,
    }
    assert folder.exists()

    await team.unlock("bruno")
    await team["bruno"].sync_now()
    assert not folder.exists()
    detail = await team["bruno"].space(team.space)
    assert (detail.row.state, detail.close_reason) == (SpaceState.WIPED, "The trial is over.")
    with pytest.raises(SpaceClosedError):
        await team["bruno"].messages(team.space)

    await team["ana"].sync_now()
    assert all((await _confirmed(team, "ana")).values())
    assert await team.alarms("ana") == []


async def test_what_was_written_offline_does_not_enter_a_closed_space(team: Team) -> None:
    team.store.stop()
    await team["bruno"].send(team.space, "too late")
    team.store.start()
    await team["ana"].close_space(team.space, "over")

    await team.settle(rounds=2)

    assert (await team["bruno"].status()).waiting_messages == 0
    with pytest.raises(SpaceClosedError, match="wiped"):
        await team["bruno"].send(team.space, "later still")
    assert all((await _confirmed(team, "ana")).values())


async def test_only_an_administrator_closes(team: Team) -> None:
    with pytest.raises(NotPermittedError):
        await team["bruno"].close_space(team.space, "I am done.")
    with pytest.raises(NotPermittedError):
        await team["eva"].close_space(team.space, "I am done.")

    await team.settle(rounds=1)
    assert (await team["ana"].space(team.space)).row.state is SpaceState.OPEN


async def test_a_member_added_but_never_welcomed_wipes_as_well(team: Team) -> None:
    """He knows the log and has nothing to read yet; the closing is for him too."""
    ana = team["ana"]
    space = await ana.create_space(agreement="JIT 7", signed_on="2026-05-01", title="Seven")
    await ana.add_member(space, team.user("eva"))
    await ana.close_space(space, "opened by mistake")

    await team.settle(rounds=2)

    wipes = {w.name: w.wiped_at is not None for w in await ana.wipes(space)}
    assert wipes == {"Ana Lima": True, "Eva Moreau": True}
    assert not (team.profile("eva") / "spaces" / space.hex()).exists()


async def test_a_closed_space_leaves_the_other_spaces_alone(team: Team) -> None:
    other = await team.new_space("Operation Heron", "bruno", "eva")
    await team["ana"].send(other, "still here")

    await team["ana"].close_space(team.space, "over")
    await team.settle(rounds=2)

    for who in ("ana", "bruno", "eva"):
        assert await team.texts(who, other) == ["still here"]
    assert (await team["ana"].space(other)).row.state is SpaceState.OPEN
