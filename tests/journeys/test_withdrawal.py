"""What was handed over is taken back for a stated reason, which all concerned can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.views import ExhibitState
from protocol.errors import BadInputError
from tests.support.people_at_work import Team, evidence_file

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("none", ["", "   ", "hidden\u202e"])
async def test_a_withdrawal_without_a_reason_changes_nothing(
    team: Team, tmp_path: Path, none: str
) -> None:
    ana = team["ana"]
    source = evidence_file(tmp_path, "photo.img", 10_000)
    row = await ana.add_evidence(team.space, source, to=[team.user("bruno")])
    await team.settle("ana", "bruno", rounds=2)

    with pytest.raises(BadInputError):
        await ana.cancel(team.space, row.file, none)
    await team.settle("ana", "bruno", rounds=2)

    assert (await ana.exhibit(team.space, row.file)).state is ExhibitState.ON_SERVER
    assert not any("withdrew" in line for line in await team.events("bruno"))


async def test_the_reason_of_a_withdrawal_stands_with_the_exhibit_at_both_ends(
    team: Team, tmp_path: Path
) -> None:
    ana, bruno = team["ana"], team["bruno"]
    source = evidence_file(tmp_path, "photo.img", 10_000)
    row = await ana.add_evidence(team.space, source, to=[team.user("bruno")])
    await team.settle("ana", "bruno", rounds=2)

    await ana.cancel(team.space, row.file, " Of another case ")
    await team.settle("ana", "bruno", rounds=2)

    assert (await ana.exhibit(team.space, row.file)).state is ExhibitState.WITHDRAWN
    for desk in (ana, bruno):
        found = [e for e in await desk.custody_of(team.space, row.file) if "withdrawn" in e.what]
        assert [(e.actor, e.detail) for e in found] == [("Ana Lima", "Of another case")]
    assert "Ana Lima withdrew “photo.img”: Of another case" in await team.events("bruno")
    assert [await team.alarms(who) for who in ("ana", "bruno", "eva")] == [[], [], []]


async def test_the_reason_of_a_removal_stands_in_every_members_log(team: Team) -> None:
    ana, eva = team["ana"], team["eva"]
    with pytest.raises(BadInputError):
        await ana.remove_member(team.space, team.user("bruno"), " ")

    await ana.remove_member(team.space, team.user("bruno"), "Left the team")
    await team.settle("ana", "eva", rounds=2)

    for desk in (ana, eva):
        (gone,) = [e for e in await desk.custody(team.space) if e.what == "member-remove"]
        assert gone.detail.endswith(": Left the team")
    assert (await eva.space(team.space)).removed[0].name == "Bruno Keller"
