"""A profile put back to an older copy, and a real store: everything comes, once, on both sides."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from protocol.limits import RESET_SECONDS
from tests.support.hostile_team import HostileTeam
from tests.support.later import Later

pytestmark = pytest.mark.asyncio

PAIR = ("ana", "bruno")


async def test_a_profile_put_back_comes_to_have_everything_again(
    crew: HostileTeam, clock: Later, tmp_path: Path
) -> None:
    await crew.settle(rounds=2)
    before = {name: await crew.texts(name) for name in PAIR}
    await crew.lock("bruno")
    shutil.copytree(crew.profile("bruno"), tmp_path / "copy")
    await crew.unlock("bruno")
    await crew["ana"].send(crew.space, "Received, then forgotten.")
    await crew.settle(*PAIR, rounds=2)
    await crew["bruno"].send(crew.space, "Sent, then forgotten.")
    await crew.settle(*PAIR, rounds=2)

    await crew.lock("bruno")
    shutil.rmtree(crew.profile("bruno"))
    shutil.copytree(tmp_path / "copy", crew.profile("bruno"))
    await crew.unlock("bruno")
    assert "Received, then forgotten." not in await crew.texts("bruno")
    await crew["bruno"].send(crew.space, "Written after it was put back.")
    for _ in range(3):
        await crew.settle(rounds=4)
        clock.passed += RESET_SECONDS

    new = {name: (await crew.texts(name))[len(before[name]) :] for name in PAIR}
    assert sorted(new["ana"]) == [
        "Received, then forgotten.",
        "Sent, then forgotten.",
        "Written after it was put back.",
    ]
    assert sorted(new["bruno"]) == ["Received, then forgotten.", "Written after it was put back."]
    for name in PAIR:
        rows = await crew[name].messages(crew.space)
        assert [r.missing_before for r in rows if r.missing_before] == []
    assert "forged" not in await crew.alarms("ana")
    assert await crew.texts("eva") == await crew.texts("ana")
