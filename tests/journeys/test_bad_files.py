"""Files that change, vanish, lie about their name, break on disk, or meet a full disk."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from jitclient.views import ExhibitState
from protocol.errors import BadInputError, PartCorruptedError
from tests.journeys.test_removal import stopped_midway
from tests.support.commands import Shell
from tests.support.people_at_work import PASSPHRASE, Team, evidence_file
from tests.support.traces import traces

MIB = 1024 * 1024
CONTENT = b"MARKER-OF-CONTENT"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "name", ["invoice\u202efdp.exe", "a\x07b.img", "a\nb.img", "\u2066hidden.img", "a\u2028b.img"]
)
async def test_a_file_with_a_disguised_name_is_not_taken(
    team: Team, tmp_path: Path, name: str
) -> None:
    path = evidence_file(tmp_path, name, 1000)

    with pytest.raises(BadInputError, match="control or direction"):
        await team["ana"].add_evidence(team.space, path, to=[team.user("bruno")])

    assert await team["ana"].exhibits(team.space) == ()


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["vanished", "grew", "same size", "became a folder"])
async def test_a_file_that_changes_before_it_is_sealed_fails_alone_and_is_said(
    team: Team, tmp_path: Path, what: str
) -> None:
    ana, to = team["ana"], [team.user("bruno")]
    path = evidence_file(tmp_path, "disk.img", 5 * MIB)
    other = evidence_file(tmp_path, "other.img", 1 * MIB)
    row = await ana.add_evidence(team.space, path, to=to)
    _change(path, what)
    good = await ana.add_evidence(team.space, other, to=to)

    await ana.sync_now()
    await team.settle("bruno", "ana", rounds=1)

    now = await ana.exhibit(team.space, row.file)
    assert now.state is ExhibitState.FAILED
    assert "disk.img" in now.problem
    assert (await ana.exhibit(team.space, good.file)).state is ExhibitState.ON_SERVER
    assert [e.name for e in await team["bruno"].exhibits(team.space)] == ["other.img"]
    assert await team.alarms("ana") == []


@pytest.mark.asyncio
async def test_a_file_that_changes_while_it_is_sealed_is_not_handed_over(
    team: Team, tmp_path: Path
) -> None:
    ana = team["ana"]
    path = evidence_file(tmp_path, "disk.img", 48 * MIB)
    row = await ana.add_evidence(team.space, path, to=[team.user("bruno")])
    await stopped_midway(ana, team.space, row)
    with path.open("r+b") as file:
        file.seek(47 * MIB)
        file.write(b"changed")

    await ana.resume(team.space, row.file)
    await ana.sync_now()

    now = await ana.exhibit(team.space, row.file)
    assert now.state is ExhibitState.FAILED
    assert "changed" in now.problem
    await team["bruno"].sync_now()
    assert await team["bruno"].exhibits(team.space) == ()

    # Going on means a new exhibit under a new key, with what the file holds now.
    await ana.resume(team.space, row.file)
    await ana.sync_now()
    await team["bruno"].sync_now()
    (there,) = await team["bruno"].exhibits(team.space)
    assert there.state is ExhibitState.VERIFIED
    assert there.file != row.file
    out = await team["bruno"].export(team.space, there.file, tmp_path / "out.img")
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.asyncio
async def test_a_corrupted_part_is_never_exported(team: Team, tmp_path: Path) -> None:
    source = evidence_file(tmp_path, "disk.img", 9 * MIB, CONTENT)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()
    await team["bruno"].sync_now()
    bruno = team["bruno"]
    parts = team.profile("bruno") / "spaces" / team.space.hex() / "parts" / row.file.hex()
    part = bytearray((parts / "1").read_bytes())
    part[1_000_000] ^= 1
    (parts / "1").write_bytes(part)

    out = tmp_path / "folder" / "out.img"
    out.parent.mkdir()
    with pytest.raises(PartCorruptedError, match="Part 2 of 3"):
        await bruno.export(team.space, row.file, out)

    assert list(out.parent.iterdir()) == []
    now = await bruno.exhibit(team.space, row.file)
    assert (now.state, now.problem != "") == (ExhibitState.CORRUPTED, True)
    assert traces(team.profile("bruno"), {"content": CONTENT}) == []


def _change(path: Path, what: str) -> None:
    match what:
        case "vanished":
            path.unlink()
        case "grew":
            with path.open("ab") as file:
                file.write(b"more")
        case "same size":
            with path.open("r+b") as file:
                file.write(b"other")
        case "became a folder":
            path.unlink()
            path.mkdir()
        case _:
            raise ValueError(what)


# --- the disk ------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_full_disk_loses_nothing_and_leaves_no_plaintext(
    team: Team, tmp_path: Path
) -> None:
    """No file may grow beyond a size: first the download fails, then the export; then all works."""
    source = evidence_file(tmp_path, "disk.img", 9 * MIB, CONTENT)
    row = await team["ana"].add_evidence(team.space, source, to=[team.user("bruno")])
    await team["ana"].sync_now()
    await team.lock("bruno")
    shell = Shell(team.profile("bruno"), tmp_path / "passphrase")
    shell.passphrase.write_text(PASSPHRASE)
    space, out = team.space.hex(), tmp_path / "folder" / "out.img"
    out.parent.mkdir()

    shell("sync", limits=_full_at(2 * MIB))
    (here,) = shell.do("evidence", "list", space)["exhibits"]
    assert here["state"] == "failed"
    assert "disk" in here["problem"].lower() or "kept" in here["problem"]
    assert [m["text"] for m in shell.do("msg", "list", space)["messages"]][-1] == "disk.img"

    shell.do("evidence", "resume", space, row.file.hex())
    get = ("evidence", "get", space, row.file.hex(), "--out", out)
    full = shell(*get, code=74, limits=_full_at(6 * MIB))
    assert full.error == "disk"
    assert list(out.parent.iterdir()) == []
    assert traces(team.profile("bruno"), {"content": CONTENT}) == []

    shell.do(*get)
    assert out.read_bytes() == source.read_bytes()


def _full_at(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
