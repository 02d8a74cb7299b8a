"""Checking a space reads all that is kept of it, and finds what somebody changed on the disk."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from jitclient.checkviews import SpaceCheck
from jitclient.usecases.check_space import DATABASE, LOG
from jitclient.views import ExhibitState
from protocol.ids import FileId
from tests.support.hostile_team import HostileTeam, at_work_with_hostile_store
from tests.support.people_at_work import evidence_file

pytestmark = pytest.mark.asyncio

SIZE = 9_000_000  # three parts


@pytest_asyncio.fixture
async def crew(template: Path, tmp_path: Path) -> AsyncIterator[HostileTeam]:
    """Bruno handed two exhibits to Ana, and Ana one to Bruno."""
    folder = tmp_path / "crew"
    async with at_work_with_hostile_store(template, folder) as team:
        for who, other, names in (("bruno", "ana", ("a.img", "b.img")), ("ana", "bruno", ("c",))):
            for name in names:
                source = evidence_file(tmp_path / who, name, SIZE)
                await team[who].add_evidence(team.space, source, to=[team.user(other)])
            await team[who].sync_now()
            await team[other].sync_now()
        yield team
    shutil.rmtree(folder, ignore_errors=True)


async def check(crew: HostileTeam) -> tuple[SpaceCheck, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    return await crew["ana"].check_space(crew.space, lambda *at: told.append(at)), told


async def run(crew: HostileTeam, act: Any) -> Any:
    session = crew["ana"]._session
    return await session.run(lambda: act(session, session.stores.space(crew.space)))


async def test_a_space_that_nobody_touched_is_sound_and_the_log_says_it_was_checked(
    crew: HostileTeam,
) -> None:
    found, told = await check(crew)

    assert (found.sound, found.findings, found.elsewhere) == (3, (), ())
    assert found.size == 3 * SIZE
    assert told[0] == (0, 3 * SIZE)
    assert told[-1] == (3 * SIZE, 3 * SIZE)
    assert any(0 < done < SIZE for done, _ in told)
    last = (await crew["ana"].custody(crew.space))[-1]
    assert (last.what, last.detail) == ("space-checked", "3 exhibits sound, 0 findings")


async def test_a_part_that_was_changed_is_found_and_the_others_are_checked_all_the_same(
    crew: HostileTeam,
) -> None:
    rows = await crew["ana"].exhibits(crew.space)
    (damaged,) = (row for row in rows if row.name == "a.img")

    def folder(session: Any, _: Any) -> Path:
        found: Path = session.profile.parts_folder(crew.space, damaged.file)
        return found

    part = await run(crew, folder) / "1"
    part.write_bytes(part.read_bytes()[:-1] + b"\0")

    found, _ = await check(crew)

    assert found.sound == 2
    (one,) = found.findings
    assert one.what == "a.img"
    assert "Part 2 of 3" in one.sentence
    assert (await crew["ana"].exhibit(crew.space, damaged.file)).state is ExhibitState.CORRUPTED


async def test_an_own_exhibit_whose_source_is_gone_or_another_is_not_called_sound(
    crew: HostileTeam, tmp_path: Path
) -> None:
    source = tmp_path / "ana" / "c"
    kept = source.read_bytes()
    source.write_bytes(kept[:-1] + b"\0")
    changed, _ = await check(crew)
    source.unlink()
    gone, _ = await check(crew)

    assert [one.what for one in changed.findings] == ["c"]
    assert (gone.sound, gone.elsewhere, gone.findings) == (2, ("c",), ())


async def test_an_event_taken_out_of_the_log_is_found(crew: HostileTeam) -> None:
    def cut(_: Any, sp: Any) -> None:
        guards = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'custody'"
        for (name,) in sp.execute(guards).fetchall():
            sp.execute(f"DROP TRIGGER {name}")
        sp.execute("DELETE FROM custody WHERE seq = 2")

    await run(crew, cut)

    found, _ = await check(crew)

    assert [one.what for one in found.findings] == [LOG]
    assert "event 2" in found.findings[0].sentence


async def test_a_page_of_the_database_that_was_changed_is_found(crew: HostileTeam) -> None:
    def path(session: Any, sp: Any) -> Path:
        sp.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        found: Path = session.profile.space_database(crew.space)
        return found

    database = await run(crew, path)
    with database.open("r+b") as file:
        file.seek(database.stat().st_size - 100)
        file.write(b"\0" * 50)

    found, _ = await check(crew)

    assert DATABASE in [one.what for one in found.findings]


async def test_a_check_that_is_stopped_ends_soon_and_says_nothing_wrong(
    crew: HostileTeam,
) -> None:
    begun = asyncio.Event()

    def tell(done: int, _: int) -> None:
        if done:
            begun.set()

    task = asyncio.get_running_loop().create_task(crew["ana"].check_space(crew.space, tell))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    states = {FileId(r.file): r.state for r in await crew["ana"].exhibits(crew.space) if not r.mine}
    assert set(states.values()) == {ExhibitState.VERIFIED}
    assert "space-checked" not in [r.what for r in await crew["ana"].custody(crew.space)]
