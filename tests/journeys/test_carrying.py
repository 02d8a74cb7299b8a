"""Uploads go on while the window is locked: nothing else is known there, and nothing goes twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crypto.filestream import FileShape
from jitclient import carrierlock, carrying, handing_over
from jitclient.session import Session
from jitclient.views import ExhibitState
from localstore import carried, chunks, spaces
from localstore.connection import transaction
from protocol.errors import SourceChangedError
from protocol.ids import FileId
from protocol.limits import PART_PLAIN_BYTES
from sync.terms import LANES
from tests.journeys.test_locked_memory import forms_of_key, forms_of_text, found_in
from tests.support.people_at_work import PASSPHRASE, PATIENCE, Team, evidence_file

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED HERE: reads /proc"),
]

SIZE = 12 * PART_PLAIN_BYTES - 777
PARTS = FileShape(SIZE).parts
TEXT = "A message that the carrier never sees."


def _journal(team: Team, file: FileId) -> Path:
    return carried.journal_file(team.profile("ana"), team.space, file)


def _at_store(team: Team) -> set[str]:
    """The parts that lie there whole, with when each was written."""
    whole = (path for path in team.store.kept() if "#" not in path.name)
    return {f"{path.name} {path.stat().st_mtime_ns} {path.stat().st_ino}" for path in whole}


async def _until(holds: Callable[[], bool]) -> None:
    """Look until it is so."""
    async with asyncio.timeout(4 * PATIENCE):
        while not holds():
            await asyncio.to_thread(os.sched_yield)


async def _added(team: Team, tmp_path: Path) -> FileId:
    source = evidence_file(tmp_path / "source", f"{tmp_path.name}.img", SIZE)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    return row.file


async def _lock(team: Team, *, carry: bool = True) -> None:
    await team.desks.pop("ana").close(carry=carry)


async def test_an_upload_goes_on_while_locked_and_is_handed_over_after_unlocking(
    team: Team, tmp_path: Path
) -> None:
    file = await _added(team, tmp_path)
    await _lock(team)
    await _until(lambda: not carrierlock.carrying(team.profile("ana")))
    there = _at_store(team)
    assert len(there) == PARTS

    await team.unlock("ana")
    await team.settle("ana", "bruno", rounds=2)

    assert (await team["ana"].exhibit(team.space, file)).state is ExhibitState.ON_SERVER
    assert (await team["bruno"].exhibit(team.space, file)).state is ExhibitState.VERIFIED
    assert not _journal(team, file).exists()
    assert await team.alarms("ana") == []


@pytest.mark.parametrize("how", ["killed", "unlocked"])
async def test_a_carrier_that_is_ended_anywhere_loses_only_what_was_on_its_way(
    team: Team, tmp_path: Path, how: str
) -> None:
    await team["ana"].limit(up=5_000_000)
    file = await _added(team, tmp_path)
    await _lock(team)
    await _until(lambda: len(_at_store(team)) >= 3)
    if how == "killed":
        number = (team.profile("ana") / "carrying.pid").read_text()
        os.kill(int(number), signal.SIGKILL)
    await team.unlock("ana")  # ends it otherwise
    assert not carrierlock.carrying(team.profile("ana"))
    before, sealed = _at_store(team), dict(carried.load(_journal(team, file)))
    assert 3 <= len(before) < PARTS
    assert len(before) <= len(sealed) <= len(before) + LANES  # on record first

    await team["ana"].limit(up=0)
    await team.settle("ana", "bruno", rounds=2)

    kept = await team["ana"]._session.run(_leaves, team["ana"]._session, team, file)
    assert sealed.items() <= kept.items()
    assert (await team["bruno"].exhibit(team.space, file)).state is ExhibitState.VERIFIED


async def test_the_carrier_knows_the_keys_of_its_files_and_nothing_else(
    team: Team, tmp_path: Path
) -> None:
    file = await _added(team, tmp_path)
    ana = team["ana"]
    await ana.send(team.space, TEXT)
    session = ana._session
    record = await session.run(carrying._job, session, team.space, file)
    assert record is not None
    wanted = {
        "key of the file": forms_of_key(record.file_key),
        "key of the space": forms_of_key((await session.run(_space_key, session, team))[:32]),
        "root": forms_of_key(session.identity.user_root),
        "signing key": forms_of_key(session.identity.signing_seed[:32]),
        "identity key": forms_of_key(session.identity.identity_seed),
        "passphrase": forms_of_text(PASSPHRASE),
        "message": forms_of_text(TEXT),
        "title": forms_of_text("Operation Albatross"),
    }
    await ana.limit(up=200_000)
    await _lock(team)
    number = int((team.profile("ana") / "carrying.pid").read_text())
    await _until(lambda: len(carried.load(_journal(team, file))) >= 1)

    found = await asyncio.to_thread(found_in, number, wanted)
    words = (
        Path(f"/proc/{number}/cmdline").read_bytes() + Path(f"/proc/{number}/environ").read_bytes()
    )

    assert found == {"key of the file"}
    assert record.file_key not in words
    assert record.file_key.hex().encode() not in words
    carrierlock.stop(team.profile("ana"))


async def test_without_the_persons_word_nothing_goes_on(team: Team, tmp_path: Path) -> None:
    file = await _added(team, tmp_path)
    await _lock(team, carry=False)

    assert not (team.profile("ana") / "carrying").exists()
    assert not _journal(team, file).exists()
    assert _at_store(team) == set()


async def test_where_the_store_is_away_it_just_locks(team: Team, tmp_path: Path) -> None:
    await _added(team, tmp_path)
    team.store.stop()
    await _lock(team)

    assert not (team.profile("ana") / "carrying").exists()
    await team.unlock("ana")


async def test_what_was_sealed_while_locked_is_never_sealed_otherwise(
    team: Team, tmp_path: Path
) -> None:
    """Locked twice without a round in between; and a journal that contradicts the database."""
    file = await _added(team, tmp_path)
    session = team["ana"]._session
    path, leaf = _journal(team, file), bytes(range(32))
    carried.begin(path, [(5, leaf)])

    await session.run(carrying._job, session, team.space, file)
    assert (await session.run(_leaves, session, team, file))[5] == leaf
    assert carried.load(path)[5] == leaf

    carried.begin(path, [(5, bytes(32))])
    with pytest.raises(SourceChangedError):
        await session.run(handing_over.taken_back, session, team.space, file)


async def test_the_journal_of_an_exhibit_that_nobody_seals_any_more_goes(
    team: Team, tmp_path: Path
) -> None:
    kept = await _added(team, tmp_path / "one")
    given_up = await _added(team, tmp_path / "two")
    for file in (kept, given_up):
        carried.begin(_journal(team, file), [(0, bytes(32))])
    _journal(team, FileId(bytes(16))).write_bytes(b"of nothing")
    team.store.stop()
    await team["ana"].cancel(team.space, given_up)
    session = team["ana"]._session

    await session.run(handing_over.drop_journals, session, team.space)

    assert [path.name for path in _journal(team, kept).parent.iterdir()] == [kept.hex()]


def _leaves(session: Session, team: Team, file: FileId) -> dict[int, bytes]:
    sp = session.stores.space(team.space)
    with transaction(sp):
        return dict(chunks.numbered(sp, file))


def _space_key(session: Session, team: Team) -> bytes:
    row = spaces.space(session.stores.device, team.space)
    assert row is not None
    return row.database_key
