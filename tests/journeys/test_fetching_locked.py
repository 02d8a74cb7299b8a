"""Downloads go on while the window is locked, with no key; what came is opened after unlocking."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from crypto.filestream import FileShape
from jitclient import carrierlock, carrying
from jitclient.views import ExhibitState
from localstore import carried, evidence
from protocol.ids import FileId
from protocol.limits import PART_PLAIN_BYTES
from tests.journeys.test_carrying import _until
from tests.journeys.test_locked_memory import forms_of_key, found_in
from tests.support.people_at_work import Team, evidence_file

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED HERE: reads /proc"),
]

SIZE = 12 * PART_PLAIN_BYTES - 777
PARTS = FileShape(SIZE).parts


def _journal(team: Team, file: FileId) -> Path:
    return carried.journal_file(team.profile("bruno"), team.space, file)


def _parts(team: Team, file: FileId) -> Path:
    return team.profile("bruno") / "spaces" / team.space.hex() / "parts" / file.hex()


def _kept(team: Team, file: FileId) -> set[str]:
    folder = _parts(team, file)
    found = folder.iterdir() if folder.exists() else ()
    return {path.name for path in found if path.name.isdigit()}


async def _announced(team: Team, tmp_path: Path) -> FileId:
    """An exhibit that Bruno has heard of and of which he has nothing yet."""
    source = evidence_file(tmp_path / "source", f"{tmp_path.name}.img", SIZE)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team.settle("ana", rounds=2)
    bruno = team["bruno"]
    await bruno.limit(down=16_384)
    await bruno.sync_now(transfers=False)
    await bruno._link.halt()
    await bruno.limit(down=0)
    assert _kept(team, row.file) == set()
    return row.file


async def _lock(team: Team) -> None:
    await team.desks.pop("bruno").close(carry=True)


async def _fetched_while_locked(team: Team, tmp_path: Path) -> FileId:
    file = await _announced(team, tmp_path)
    await _lock(team)
    await _until(lambda: not carrierlock.carrying(team.profile("bruno")))
    assert len(_kept(team, file)) == PARTS
    return file


async def test_a_download_goes_on_while_locked_and_is_verified_after_unlocking(
    team: Team, tmp_path: Path
) -> None:
    file = await _fetched_while_locked(team, tmp_path)
    before = {path.stat().st_ino for path in _parts(team, file).iterdir()}

    await team.unlock("bruno")
    assert (await team["bruno"].exhibit(team.space, file)).state is not ExhibitState.VERIFIED
    await team.settle("bruno", "ana", rounds=2)

    assert (await team["bruno"].exhibit(team.space, file)).state is ExhibitState.VERIFIED
    assert {path.stat().st_ino for path in _parts(team, file).iterdir()} == before  # nothing twice
    assert not _journal(team, file).exists()
    assert await team.alarms("bruno") == []


async def test_what_came_while_locked_needs_the_store_no_more(team: Team, tmp_path: Path) -> None:
    """It erased the exhibit between the last part and the unlocking."""
    file = await _fetched_while_locked(team, tmp_path)
    await team["ana"].cancel(team.space, file, "Sent to the wrong team")

    await team.unlock("bruno")
    await team["bruno"]._link.transfers.run_due()
    await team["bruno"]._link.transfers.settle()

    assert (await team["bruno"].exhibit(team.space, file)).state is ExhibitState.VERIFIED


@pytest.mark.parametrize("how", ["killed", "unlocked"])
async def test_a_carrier_that_is_ended_anywhere_keeps_what_it_had(
    team: Team, tmp_path: Path, how: str
) -> None:
    file = await _announced(team, tmp_path)
    await team["bruno"].limit(down=5_000_000)
    await _lock(team)
    await _until(lambda: len(carried.load(_journal(team, file))) >= 3)
    if how == "killed":
        os.kill(int((team.profile("bruno") / "carrying.pid").read_text()), signal.SIGKILL)
    await team.unlock("bruno")  # ends it otherwise
    known = {str(index) for index in carried.load(_journal(team, file))}
    assert 3 <= len(known) < PARTS
    assert known <= _kept(team, file)  # on disk before on record

    kept = {name: (_parts(team, file) / name).stat().st_ino for name in known}
    await team["bruno"].limit(down=0)
    await team.settle("bruno", "ana", rounds=2)

    assert (await team["bruno"].exhibit(team.space, file)).state is ExhibitState.VERIFIED
    assert {name: (_parts(team, file) / name).stat().st_ino for name in known} == kept


async def test_the_carrier_of_downloads_knows_no_key(team: Team, tmp_path: Path) -> None:
    file = await _announced(team, tmp_path)
    session = team["bruno"]._session
    record = await session.run(lambda: evidence.exhibit(session.stores.space(team.space), file))
    assert record is not None
    wanted = {
        "key of the file": forms_of_key(record.file_key),
        "root": forms_of_key(session.identity.user_root),
    }
    await team["bruno"].limit(down=3_000_000)
    await _lock(team)
    number = int((team.profile("bruno") / "carrying.pid").read_text())
    await _until(lambda: len(carried.load(_journal(team, file))) >= 1)

    found = await asyncio.to_thread(found_in, number, wanted)

    assert found == set()
    carrierlock.stop(team.profile("bruno"))


async def test_what_the_store_exchanged_while_locked_is_an_alarm_after_unlocking(
    team: Team, tmp_path: Path
) -> None:
    """Only the length can be checked without the key; what came is opened before it counts."""
    file = await _announced(team, tmp_path)
    there = next(path for path in sorted(team.store.parts.rglob("*")) if path.is_file())
    wrong = bytearray(there.read_bytes())
    wrong[len(wrong) // 2] ^= 1
    there.write_bytes(wrong)
    await _lock(team)
    await _until(lambda: not carrierlock.carrying(team.profile("bruno")))

    await team.unlock("bruno")
    await team.settle("bruno", rounds=2)

    assert (await team["bruno"].exhibit(team.space, file)).state is ExhibitState.CORRUPTED
    assert "part-corrupted" in await team.alarms("bruno")
    assert len(_kept(team, file)) < PARTS  # nothing is kept of what does not open


async def test_locked_twice_without_a_round_loses_nothing(team: Team, tmp_path: Path) -> None:
    file = await _announced(team, tmp_path)
    session, path = team["bruno"]._session, _journal(team, file)
    carried.begin(path, [(5, bytes(range(32)))])

    await session.run(carrying._fetch, session, team.space, file)

    assert carried.load(path) == {5: bytes(range(32))}
