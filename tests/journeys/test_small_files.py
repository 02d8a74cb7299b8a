"""Many small exhibits handed over at once: one that cannot go keeps back no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from jitclient.grouping import TOGETHER_FROM
from jitclient.views import ExhibitState
from tests.support.people_at_work import Team, evidence_file

pytestmark = pytest.mark.asyncio


async def test_files_that_changed_vanished_or_are_cancelled_keep_back_no_other(
    team: Team, tmp_path: Path
) -> None:
    ana, rows = team["ana"], []
    for number in range(TOGETHER_FROM + 3):
        source = evidence_file(tmp_path / "source", f"{number}.txt", 800 + number)
        rows.append(await ana.add_evidence(team.space, source, to=[team.user("bruno")]))
    (tmp_path / "source" / "1.txt").write_bytes(b"another")
    (tmp_path / "source" / "2.txt").unlink()
    await ana.cancel(team.space, rows[3].file)

    await team.settle("ana", "bruno", rounds=2)

    here = [(await ana.exhibit(team.space, row.file)).state for row in rows]
    assert here[1:4] == [ExhibitState.FAILED, ExhibitState.FAILED, ExhibitState.CANCELLED]
    assert {here[0], *here[4:]} == {ExhibitState.ON_SERVER}
    there = {row.name: row.state for row in await team["bruno"].exhibits(team.space)}
    assert set(there) == {f"{n}.txt" for n in range(TOGETHER_FROM + 3)} - {
        "1.txt",
        "2.txt",
        "3.txt",
    }
    assert set(there.values()) == {ExhibitState.VERIFIED}
    assert await team.alarms("ana") == await team.alarms("bruno") == []
