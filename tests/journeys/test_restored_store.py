"""F24: the store's machine is lost and last night's backup takes its place."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient.views import MessageState
from protocol.limits import LOG_WATCH_SECONDS, RESET_SECONDS
from tests.support.hostile_team import HostileTeam
from tests.support.later import Later
from tests.support.store import run_jitstore

pytestmark = pytest.mark.asyncio


def back_up(team: HostileTeam, folder: Path) -> None:
    """The operator's evening: a key kept elsewhere, a backup."""
    run_jitstore("backup", "keygen", "--out", str(folder / "key"))
    data = ("--data", str(team.store.data_dir))
    to = ("--to", str(folder / "key.pub"), "--out", str(folder / "night.backup"))
    run_jitstore("backup", "create", *data, *to)


def lose_and_restore(team: HostileTeam, folder: Path) -> None:
    """The record of erasures is the newest thing that is left of the old machine."""
    data = ("--data", str(team.store.data_dir))
    run_jitstore("backup", "erasures", *data, "--out", str(folder / "erased.json"))
    team.store.kill()
    again = team.store.data_dir.with_name("again")
    how = ("--key", str(folder / "key"), "--erasures", str(folder / "erased.json"))
    backup = str(folder / "night.backup")
    run_jitstore("backup", "restore", backup, *how, "--data", str(again))
    team.store.data_dir = again
    team.store.start()


async def test_f24_members_notice_that_the_store_was_set_back_and_what_is_missing_comes_again(
    crew: HostileTeam, clock: Later, tmp_path: Path
) -> None:
    await crew.settle(rounds=2)
    await asyncio.to_thread(back_up, crew, tmp_path)
    await crew["ana"].send(crew.space, "Taken by the store, fetched by nobody.")
    clock.passed += LOG_WATCH_SECONDS  # her device compares the access log once an hour
    await crew.settle("ana", rounds=1)
    row = await crew.row("ana", "Taken by the store, fetched by nobody.")
    assert row.state is MessageState.ON_SERVER

    await asyncio.to_thread(lose_and_restore, crew, tmp_path)
    await crew["ana"].send(crew.space, "Written after it came back.")
    for _ in range(4):
        await crew.settle(rounds=3)
        clock.passed += RESET_SECONDS

    for name in ("bruno", "eva"):
        texts = await crew.texts(name)
        assert texts.count("Taken by the store, fetched by nobody.") == 1
        assert texts.count("Written after it came back.") == 1
    assert await crew.texts("bruno") == await crew.texts("ana")
    # Who compared the access log after the backup sees that it went back. All keys are spent.
    assert set(await crew.alarms("ana")) == {"access-log-rewritten", "prekeys-drained"}
    assert {*await crew.alarms("bruno"), *await crew.alarms("eva")} <= {"prekeys-drained"}
