"""After a closing: every place the program writes to is searched, byte by byte and name by name.

The places are those of docs/WIPING.md: a row there without a mark in `_everything_done` is a row
that nobody looks after.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from jitclient import carrying_out, wiping
from jitclient.events import TransferMoved
from jitclient.paperviews import PaperKind
from jitclient.reviewviews import ReviewState
from jitclient.session import Session
from jitclient.usecases.add_stream import NewStream
from jitclient.views import SpaceState
from localstore import alarms
from localstore.connection import transaction
from protocol.errors import RefusedError
from protocol.ids import FileId
from tests.support.desktop import Desktop
from tests.support.people_at_work import PATIENCE, Team, evidence_file
from tests.support.traces import traces
from ui.memory import Memory

pytestmark = pytest.mark.asyncio

WHO = "bruno"
CONTENT = b"MARKER-OF-CONTENT"
NAME = "MARKER-OF-A-NAME.img"
SIZE = 5 * 1024 * 1024 + 77


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    return Desktop.made(tmp_path / "account", monkeypatch)


async def test_nothing_of_a_wiped_space_is_left_in_any_place(
    team: Team, desktop: Desktop, tmp_path: Path
) -> None:
    file, saved = await _everything_done(team, desktop, tmp_path)
    before = await _places(team, desktop, file)
    assert {"window.ini", "recently-used.xbel", "space.db"} <= {p.name for p in before}

    await team["ana"].close_space(team.space, "MARKER-OF-A-REASON")
    await team[WHO].sync_now()

    assert (await team[WHO].space(team.space)).row.state is SpaceState.WIPED
    assert await _places(team, desktop, file) == []
    assert await team[WHO]._session.run(_words_left, team[WHO]._session) == []
    assert saved.read_bytes().startswith(CONTENT)  # the person's own file
    await team.lock(WHO)
    assert await _places(team, desktop, file) == []


async def test_what_stands_outside_is_named_here_and_counted_in_the_receipt(
    team: Team, desktop: Desktop, tmp_path: Path
) -> None:
    _, saved = await _everything_done(team, desktop, tmp_path)
    elsewhere = tmp_path / "elsewhere.xyz"
    desktop.remember(saved, elsewhere)

    await team["ana"].close_space(team.space, "done")
    await team[WHO].sync_now()
    await team["ana"].sync_now()

    left = {(one.what, one.name) for one in await team[WHO].endings.unreached(team.space)}
    assert ("exhibit", str(saved)) in left
    assert ("sheet", f"{saved}.facts.txt") in left
    for kind in PaperKind:
        assert (kind, str(saved.with_name(f"{kind}.pdf"))) in left
    assert ("source", str(tmp_path / "own")) in left
    (mine,) = [w for w in await team["ana"].wipes(team.space) if w.name == "Bruno Keller"]
    for words in (
        "1 exhibit(s) exported",
        "1 hand-over list(s)",
        "1 custody log(s)",
        "in 1 folder(s)",
    ):
        assert words in mine.remaining
    assert str(tmp_path) not in mine.remaining  # the store reads it
    assert elsewhere.as_uri() in desktop.recent.read_text()
    assert desktop.thumbnail(elsewhere).exists()


@pytest.mark.parametrize("stays", ["a part", "an exhibit"])
async def test_a_receipt_says_what_the_system_did_not_let_go_and_it_goes_later(
    team: Team, desktop: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays: str
) -> None:
    file, _ = await _everything_done(team, desktop, tmp_path)
    held = "0" if stays == "a part" else file.hex()
    real_unlink, real_rmdir = Path.unlink, Path.rmdir

    def refused(real: Callable[..., None]) -> Callable[..., None]:
        def act(path: Path, *args: object, **named: object) -> None:
            if held in {path.name, path.parent.name if stays != "a part" else ""}:
                raise PermissionError(13, "in use", str(path))
            real(path, *args, **named)

        return act

    monkeypatch.setattr(Path, "unlink", refused(real_unlink))
    monkeypatch.setattr(Path, "rmdir", refused(real_rmdir))
    await team["ana"].close_space(team.space, "done")
    await team[WHO].sync_now()
    await team["ana"].sync_now()

    (mine,) = [w for w in await team["ana"].wipes(team.space) if w.name == "Bruno Keller"]
    assert "part of an exhibit (no key is left)" in mine.remaining
    here = {one.name for one in await team[WHO].endings.unreached(team.space) if one.what == "file"}
    assert any(name.endswith(f"{file.hex()}/0") for name in here)

    monkeypatch.setattr(Path, "unlink", real_unlink)
    monkeypatch.setattr(Path, "rmdir", real_rmdir)
    await team[WHO].sync_now()
    assert await _places(team, desktop, file) == []
    assert [o for o in await team[WHO].endings.unreached(team.space) if o.what == "file"] == []
    await team["ana"].sync_now()
    (mine,) = [w for w in await team["ana"].wipes(team.space) if w.name == "Bruno Keller"]
    assert "did not let go" not in mine.remaining
    assert "1 exhibit(s) exported" in mine.remaining


async def test_a_copy_that_a_killed_program_began_goes_and_a_whole_one_is_on_record(
    team: Team, tmp_path: Path
) -> None:
    """One was cut off midway, one between its last byte and the record of it."""
    file = await _received(team, tmp_path)
    session = team[WHO]._session
    half = carrying_out.planned(tmp_path / "half.img", "exhibit", file=file, detail="half")
    whole = carrying_out.planned(tmp_path / "whole.img", "exhibit", file=file, detail="whole")
    await session.run(carrying_out.begin, session, team.space, [half, whole])
    half.temporary.write_bytes(CONTENT)
    whole.path.write_bytes(CONTENT)
    await team.lock(WHO)

    await team.unlock(WHO)
    await team[WHO].sync_now()

    assert not half.temporary.exists()
    assert whole.path.read_bytes() == CONTENT
    exported = [e for e in await team[WHO].custody(team.space) if e.what == "exhibit-exported"]
    assert [e.detail for e in exported] == ["whole"]


async def test_a_copy_under_way_when_the_space_is_wiped_does_not_appear(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await _received(team, tmp_path)
    real = carrying_out.made
    out = tmp_path / "late.img"

    def late(session: Session, *args: object) -> None:
        assert out.exists()
        wiping.begin(session, team.space, why="deadline")
        real(session, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(carrying_out, "made", late)
    with pytest.raises(Exception, match="wiped"):
        await team[WHO].export(team.space, file, out)

    assert not out.exists()


async def test_a_transfer_that_runs_while_the_space_is_wiped_leaves_nothing_behind(
    team: Team, tmp_path: Path
) -> None:
    source = evidence_file(tmp_path / "source", NAME, 5 * SIZE)
    await team["ana"].add_evidence(team.space, source, to=[team.user(WHO)])
    await team["ana"].sync_now()
    desk, folder = team[WHO], team.profile(WHO) / "spaces"
    session = desk._session
    await desk.limit(down=3_000_000)
    moved = asyncio.Event()
    desk.events.subscribe(lambda event: moved.set() if isinstance(event, TransferMoved) else None)
    work = asyncio.get_running_loop().create_task(desk.sync_now())
    async with asyncio.timeout(PATIENCE):
        await moved.wait()
    assert list((folder / team.space.hex() / "parts").rglob("*"))

    await session.run(wiping.begin, session, team.space, why="deadline")
    report = await work

    assert report.online
    assert list(folder.glob(f"{team.space.hex()}*")) == []
    (mine,) = [w for w in await desk.wipes(team.space) if w.wiped_at is not None]
    assert "did not let go" not in mine.remaining
    assert await team.alarms(WHO) == []


# --- the journey --------------------------------------------------------------------------------


async def _received(team: Team, tmp_path: Path) -> FileId:
    source = evidence_file(tmp_path / "source", NAME, SIZE, CONTENT)
    row = await team["ana"].add_evidence(
        team.space, source, to=[team.user(WHO)], exhibit="MARKER-E-17",
        facts={"place": "MARKER-OF-A-PLACE"},
    )  # fmt: skip
    await team.settle("ana", WHO, rounds=2)
    return row.file


async def _everything_done(team: Team, desktop: Desktop, tmp_path: Path) -> tuple[FileId, Path]:
    """Whatever a person does in a space; a program killed now and then; a desktop that watches."""
    desk = team[WHO]
    await desk.send(team.space, "MARKER-OF-A-MESSAGE")
    await team["ana"].send(team.space, "MARKER-OF-AN-ANSWER")
    file = await _received(team, tmp_path)
    own = evidence_file(tmp_path / "own", "MARKER-OF-OWN.img", 70_000, CONTENT)
    await desk.add_evidence(team.space, own, to=[team.user("ana")])
    await team.settle("ana", WHO, rounds=2)
    (tmp_path / "usb").mkdir()
    saved = await desk.export(team.space, file, tmp_path / "usb" / "out.img")
    for kind in PaperKind:
        await desk.write_paper(team.space, kind, saved.with_name(f"{kind}.pdf"), b"%PDF", 1)
    await desk.keep_draft(team.space, "MARKER-OF-A-DRAFT", None)
    await desk.reviewing.mark(team.space, file, ReviewState.FLAGGED)
    await desk.reviewing.note(team.space, file, "MARKER-OF-A-NOTE")
    await desk.reviewing.tag(team.space, file, add=["MARKER-OF-A-TAG"])
    await desk.reviewing.save_view(team.space, "MARKER-OF-A-VIEW", "tag:MARKER-OF-A-TAG")
    assert (await desk.searching.find("MARKER-OF-AN-ANSWER")).hits
    team.store.stop()
    stream = NewStream(stream=io.BytesIO(CONTENT * 9_000), name="MARKER-OF-A-STREAM")
    await desk.add_stream(team.space, stream, to=[team.user("ana")])
    await desk.sync_now(transfers=False)
    team.store.start()
    await desk._session.run(_refused_something, desk._session, team)
    await _killed_now_and_then(team, desktop, tmp_path, file, saved)
    return file, saved


def _refused_something(session: Session, team: Team) -> None:
    for key in ("one", "two"):
        session.alarm(team.space, RefusedError("MARKER-OF-AN-ALARM", code="forged"), key=key)
    with transaction(session.stores.device):
        alarms.dismiss(session.stores.device, alarms.alarms(session.stores.device)[0].alarm)


async def _killed_now_and_then(
    team: Team, desktop: Desktop, tmp_path: Path, file: FileId, saved: Path
) -> None:
    """What processes before this one left, and what the window and the desktop remember."""
    profile, session = team.profile(WHO), team[WHO]._session
    folder = profile / "spaces" / team.space.hex()
    (folder / "parts" / file.hex() / ".new-7.abc.part").write_bytes(b"MARKER half a part")
    for name in ("space.db.before-v2", "space.db.new", "space.db-journal"):
        (folder / name).write_bytes(b"MARKER an older copy")
    (profile / "device.db.before-v2").write_bytes(b"MARKER an older copy with the key")
    cut_off = carrying_out.planned(desktop.temporary / "cut-off.img", "exhibit", file=file)
    await session.run(carrying_out.begin, session, team.space, [cut_off])
    cut_off.temporary.write_bytes(CONTENT)
    memory = Memory(profile)
    memory.keep("space", team.space.hex())
    memory.keep("tab", "EVIDENCE")
    memory.save()
    (profile / "window.ini.kBxZqt").write_bytes(f"[General]\nspace={team.space.hex()}\n".encode())
    desktop.remember(saved)


async def _places(team: Team, desktop: Desktop, file: FileId) -> list[Path]:
    """Every file that shows something of the space, by its bytes, its name, or its folder."""
    secrets = {
        "marker": b"MARKER",
        "content": CONTENT,
        "space": team.space,
        "exhibit": file,
        "saved": b"out.img",
    }
    found: list[Path] = []
    for folder in (team.profile(WHO), desktop.home, desktop.temporary, desktop.runtime):
        if any(folder.rglob("*")):
            filler = folder / "searched"
            filler.write_bytes(b"so that an empty folder is searched as well")
            found += [Path(one.partition(" in ")[2]) for one in traces(folder, secrets)]
            filler.unlink()
    return sorted(set(found))


def _words_left(session: Session) -> list[str]:
    """Whether any row of the open device.db still has words of the space it need not have."""
    db = session.stores.device
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = []
    for table in names:
        for row in db.execute(f"SELECT * FROM {table}").fetchall():
            spelt = b"|".join(
                bytes(value) if isinstance(value, bytes) else str(value).encode() for value in row
            )
            spelt = spelt.replace(b"MARKER-OF-A-REASON", b"")  # stays on purpose
            if b"MARKER" in spelt:
                found.append(f"{table}: {spelt!r}")
    assert names
    return found
