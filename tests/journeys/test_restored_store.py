"""F24: the store's machine is lost and last night's backup takes its place."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from centralstore.tables import SPACE
from jitclient.door import DoorKeeper
from jitclient.views import MessageState
from protocol.ids import SpaceId
from protocol.limits import LOG_WATCH_SECONDS, RESET_SECONDS
from tests.support.hostile_team import HostileTeam
from tests.support.later import Later
from tests.support.people_at_work import PASSPHRASE
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


async def test_f24_entries_and_devices_that_the_restore_lost_are_handed_back(
    crew: HostileTeam, clock: Later, tmp_path: Path
) -> None:
    await crew.settle(rounds=2)
    dita = await DoorKeeper(tmp_path / "dita", clock=clock).enrol(
        crew.store.invite("Dita Novak", "NSZ", "CZ"), PASSPHRASE
    )
    crew.desks["dita"] = dita
    await crew.settle(rounds=1)
    before = crew.session("ana").log(crew.space).roster.seq
    await asyncio.to_thread(back_up, crew, tmp_path)
    await crew["ana"].add_member(crew.space, dita.me.user)
    second = await crew.new_space("JIT 2026/99", "bruno")
    await crew.settle(rounds=3)
    await dita.send(crew.space, "Dita is here.")
    await crew.settle(rounds=2)

    await asyncio.to_thread(lose_and_restore, crew, tmp_path)
    assert (_at_store(crew, crew.space), _at_store(crew, second)) == (before, None)
    for _ in range(3):
        await crew.settle("bruno", "eva", rounds=2)  # not who wrote the entries
        clock.passed += RESET_SECONDS
    mine = await crew.session("ana").run(_own, crew, crew.space)

    assert _at_store(crew, crew.space) == mine == before + 1
    await dita.send(crew.space, "And still is.")
    for _ in range(4):
        await crew.settle(rounds=2)
        clock.passed += RESET_SECONDS
    for name in ("ana", "bruno", "eva", "dita"):
        texts = await crew.texts(name)
        assert texts.count("And still is.") == 1, name
    assert _at_store(crew, second) == await crew.session("bruno").run(_own, crew, second), (
        "Ana opened it, and opened it again"
    )
    await crew["bruno"].send(second, "Here too.")
    await crew.settle("bruno", "ana", rounds=2)
    assert "Here too." in await crew.texts("ana", second)
    assert "log-rollback" in await crew.alarms("bruno"), "that the store went back stays a fact"
    assert "log-fork" not in {*await crew.alarms("ana"), *await crew.alarms("bruno")}


def _at_store(crew: HostileTeam, space: SpaceId) -> int | None:
    """The last entry that the store has of a space; None for no such space."""
    engine = crew.store.engine()
    with engine.connect() as connection:
        found = connection.execute(select(SPACE.c.seq).where(SPACE.c.id == space)).scalar()
    engine.dispose()
    return found


def _own(crew: HostileTeam, space: SpaceId) -> int:
    return crew.session("ana").log(space).roster.seq
