"""Papers of a space: on record before they are made, whatever happens next."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient import carrying_out, newfile
from jitclient.paperviews import PaperKind
from jitclient.session import Session
from localstore import outside
from protocol.errors import CannotCreateError, DiskError
from protocol.ids import SpaceId
from tests.support.people_at_work import PATIENCE, Team

pytestmark = pytest.mark.asyncio

WHO = "bruno"


def _known(session: Session, space: SpaceId) -> list[tuple[str, str, bool]]:
    copies = outside.copies(session.stores.space(space))
    return [(one.path.name, one.what, one.made_at is not None) for one in copies]


async def _printed(team: Team) -> list[tuple[str, str]]:
    log = await team[WHO].custody(team.space)
    return [(one.subject, one.detail) for one in log if one.what == "log-printed"]


async def test_a_paper_is_on_record_before_it_is_there_and_in_the_log_once_it_is_whole(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, before = team[WHO], newfile.create
    session, loop = desk._session, asyncio.get_running_loop()
    seen: list[tuple[str, str, bool]] = []

    def create(path: Path, *args: object, **named: object) -> bool:
        asked = session.run(_known, session, team.space)
        seen.extend(asyncio.run_coroutine_threadsafe(asked, loop).result(PATIENCE))
        return before(path, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(newfile, "create", create)
    path = tmp_path / "log.pdf"
    await desk.write_paper(team.space, PaperKind.LOG, path, b"%PDF", 7)

    assert seen == [("log.pdf", "log", False)]
    assert await session.run(_known, session, team.space) == [("log.pdf", "log", True)]
    assert await _printed(team) == [("log.pdf", "7 entries")]
    assert path.read_bytes() == b"%PDF"


async def test_what_could_not_be_written_is_on_no_record(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, path = team[WHO], tmp_path / "log.pdf"
    session = desk._session
    path.write_bytes(b"theirs")
    with pytest.raises(CannotCreateError):
        await desk.write_paper(team.space, PaperKind.LOG, path, b"%PDF", 7)

    def full(*_: object, **__: object) -> bool:
        raise DiskError("The disk is full.")

    monkeypatch.setattr(newfile, "create", full)
    with pytest.raises(DiskError):
        await desk.write_paper(team.space, PaperKind.LOG, tmp_path / "other.pdf", b"%PDF", 7)

    assert await session.run(_known, session, team.space) == []
    assert await _printed(team) == []
    assert path.read_bytes() == b"theirs"


async def test_a_paper_that_stood_when_the_program_was_killed_is_on_record_after_the_next_start(
    team: Team, tmp_path: Path
) -> None:
    session = team[WHO]._session
    half = carrying_out.planned(tmp_path / "half.pdf", "log", detail="1 entries")
    whole = carrying_out.planned(tmp_path / "whole.pdf", "log", detail="2 entries")
    await session.run(carrying_out.begin, session, team.space, [half, whole])
    half.temporary.write_bytes(b"%P")
    whole.path.write_bytes(b"%PDF")
    await team.lock(WHO)

    await team.unlock(WHO)
    await team[WHO].sync_now()

    session = team[WHO]._session
    assert not half.temporary.exists()
    assert whole.path.read_bytes() == b"%PDF"
    assert await session.run(_known, session, team.space) == [("whole.pdf", "log", True)]
    assert await _printed(team) == [("whole.pdf", "2 entries")]


async def test_what_failed_where_another_stood_before_leaves_that_one_on_record(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken along on some drive, and a wipe cannot reach it there: it is to be named."""
    desk, path = team[WHO], tmp_path / "log.pdf"
    session = desk._session
    await desk.write_paper(team.space, PaperKind.LOG, path, b"%PDF", 7)
    path.rename(tmp_path / "elsewhere.pdf")

    def full(*_: object, **__: object) -> bool:
        raise DiskError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(newfile, "create", full)
        with pytest.raises(DiskError):
            await desk.write_paper(team.space, PaperKind.LOG, path, b"%PDF", 8)

    assert await session.run(_known, session, team.space) == [("log.pdf", "log", True)]

    await desk.write_paper(team.space, PaperKind.LOG, path, b"%PDF", 9)
    assert await session.run(_known, session, team.space) == [("log.pdf", "log", True)]


async def test_what_was_cut_off_goes_when_the_same_is_written_again(
    team: Team, tmp_path: Path
) -> None:
    desk, path = team[WHO], tmp_path / "log.pdf"
    session = desk._session
    half = carrying_out.planned(path, "log", detail="1 entries")
    await session.run(carrying_out.begin, session, team.space, [half])
    half.temporary.write_bytes(b"%P")

    await desk.write_paper(team.space, PaperKind.LOG, path, b"%PDF", 7)

    assert not half.temporary.exists()
    assert await session.run(_known, session, team.space) == [("log.pdf", "log", True)]
    assert await _printed(team) == [("log.pdf", "7 entries")]


async def test_one_path_is_written_by_one_at_a_time(team: Team, tmp_path: Path) -> None:
    session, path = team[WHO]._session, tmp_path / "log.pdf"
    one, other = (carrying_out.planned(path, "log") for _ in range(2))

    async with carrying_out.carried(session, team.space, [one]):
        with pytest.raises(CannotCreateError, match="being written"):
            async with carrying_out.carried(session, team.space, [other]):
                raise AssertionError

        assert path in session.carrying
        path.write_bytes(b"%PDF")

    assert await session.run(_known, session, team.space) == [("log.pdf", "log", True)]
