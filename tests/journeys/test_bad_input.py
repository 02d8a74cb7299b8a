"""Bad input: its own sentence, code and exit status; nothing acknowledged lost, nothing left open."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jitclient.__main__ import main
from jitclient.desk import DoorKeeper
from jitclient.views import ExhibitState
from protocol.errors import BadInputError, PartCorruptedError
from tests.journeys.test_removal import stopped_midway
from tests.support.commands import Shell
from tests.support.people_at_work import (
    PASSPHRASE,
    Team,
    copied_store,
    evidence_file,
    remember_master_keys,
)
from tests.support.store import StoreHandle, run_jitstore
from tests.support.traces import traces

MIB = 1024 * 1024
CONTENT = b"MARKER-OF-CONTENT"


@dataclass
class Bruno:
    """Bruno's profile and the store, at rest, with commands run in this process."""

    folder: Path
    space: str
    capsys: pytest.CaptureFixture[str]

    @property
    def profile(self) -> Path:
        return self.folder / "bruno"

    def refused(self, *words: str | Path, profile: Path | None = None) -> tuple[int, str, str]:
        """(exit status, code, sentence) of one command that fails."""
        passphrase = self.folder / "passphrase"
        if not passphrase.exists():
            passphrase.write_text(PASSPHRASE)
        options = ["--profile", str(profile or self.profile), "--passphrase-file", str(passphrase)]
        self.capsys.readouterr()
        status = main([*options, *map(str, words), "--json"])
        said = self.capsys.readouterr()
        found: dict[str, Any] = json.loads(said.out)
        error = found["error"]
        assert f"{error['sentence']} [{error['code']}]" in said.err
        assert "Traceback" not in said.err
        return status, error["code"], error["sentence"]


@pytest.fixture
def bruno(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Bruno]:
    folder = tmp_path / "team"
    shutil.copytree(template, folder)
    remember_master_keys()
    known = json.loads((folder / "team.json").read_text())
    yield Bruno(folder, known["space"], capsys)
    shutil.rmtree(folder)


@pytest.fixture
def store(bruno: Bruno) -> Iterator[StoreHandle]:
    handle = copied_store(bruno.folder)
    handle.start()
    yield handle
    handle.stop()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.suffix not in {".db-shm", ".db-wal"}
    }


# --- before the passphrase ------------------------------------------------------------------------


def test_a_wrong_passphrase_opens_nothing_and_changes_nothing(bruno: Bruno) -> None:
    before = bytes_of(bruno.profile)
    (bruno.folder / "passphrase").write_text("not the right one")

    status, code, sentence = bruno.refused("msg", "list", bruno.space)

    assert (status, code) == (77, "wrong-passphrase")
    assert "passphrase" in sentence.lower()
    assert bytes_of(bruno.profile) == before


def test_a_profile_in_use_is_said_to_be_in_use(bruno: Bruno) -> None:
    from localstore.profile import Profile

    with Profile(bruno.profile):
        status, code, _ = bruno.refused("status")

    assert (status, code) == (75, "profile-in-use")


def test_a_profile_nobody_enrolled_says_so(bruno: Bruno, tmp_path: Path) -> None:
    status, code, _ = bruno.refused("space", "list", profile=tmp_path / "nobody")

    assert (status, code) == (78, "not-enrolled")
    assert not (tmp_path / "nobody").exists()


@pytest.mark.parametrize("cut", [0, 100, 4096, 8192, 20_480])
def test_a_truncated_device_database_is_refused_and_left_as_it_is(bruno: Bruno, cut: int) -> None:
    database = bruno.profile / "device.db"
    whole = database.read_bytes()
    assert len(whole) > cut
    database.write_bytes(whole[:cut])
    before = bytes_of(bruno.profile)

    status, code, sentence = bruno.refused("space", "list")

    assert (status, code) == (74, "damaged-store")
    assert "untouched" in sentence
    assert bytes_of(bruno.profile) == before
    database.write_bytes(whole)


@pytest.mark.parametrize("cut", [0, 4096, 8192])
def test_a_truncated_space_database_is_refused_and_left_as_it_is(bruno: Bruno, cut: int) -> None:
    database = bruno.profile / "spaces" / bruno.space / "space.db"
    database.write_bytes(database.read_bytes()[:cut])
    before = database.read_bytes()

    status, code, _ = bruno.refused("msg", "list", bruno.space)

    assert (status, code) == (74, "damaged-store")
    assert database.read_bytes() == before


def test_a_damaged_vault_is_not_called_a_wrong_passphrase(bruno: Bruno) -> None:
    vault = bruno.profile / "vault"
    vault.write_bytes(vault.read_bytes()[:40])

    status, code, _ = bruno.refused("space", "list")

    assert (status, code) == (74, "damaged-store")


# --- invitations and the store ----------------------------------------------------------------------


def test_a_used_invitation_is_refused_and_leaves_nothing(
    bruno: Bruno, store: StoreHandle, tmp_path: Path
) -> None:
    invitation = store.invite("Dana")
    first = main(
        ["--profile", str(tmp_path / "dana"), "--passphrase-file"]
        + [str(_written(bruno)), "enrol", invitation, "--json"]
    )
    assert first == 0

    status, code, sentence = bruno.refused("enrol", invitation, profile=tmp_path / "thief")

    assert (status, code) == (65, "invitation")
    assert "used" in sentence
    assert not (tmp_path / "thief").exists()
    status, code, _ = bruno.refused("enrol", store.invite("Else"))
    assert (status, code) == (73, "already-enrolled")


def test_an_altered_invitation_is_refused_at_every_letter(
    bruno: Bruno, store: StoreHandle, tmp_path: Path
) -> None:
    invitation = store.invite("Dana")
    door = DoorKeeper(tmp_path / "dana")
    assert door.read_invitation(invitation).address == store.address
    start = invitation.index(":") + 1
    for at in range(start, len(invitation), 7):
        other = "b" if invitation[at] != "b" else "c"
        altered = invitation[:at] + other + invitation[at + 1 :]
        status, code, _ = bruno.refused("enrol", altered, profile=tmp_path / "dana")
        assert (status, code) == (65, "invitation"), at
    assert not (tmp_path / "dana").exists()


def test_an_unreachable_store_spends_no_invitation(
    bruno: Bruno, store: StoreHandle, tmp_path: Path
) -> None:
    invitation = store.invite("Dana")
    store.stop()
    status, code, _ = bruno.refused("enrol", invitation, profile=tmp_path / "dana")
    assert (status, code) == (69, "store-unreachable")

    store.start()
    words = ["--profile", str(tmp_path / "dana"), "--passphrase-file", str(_written(bruno))]
    assert main([*words, "enrol", invitation, "--json"]) == 0
    assert main([*words, "space", "list", "--json"]) == 0


def test_another_store_at_the_same_address_is_refused(bruno: Bruno, tmp_path: Path) -> None:
    address = copied_store(bruno.folder).address
    made = run_jitstore("init", "--data", str(tmp_path / "evil"), "--listen", address)
    evil = StoreHandle(tmp_path / "evil", str(made["address"]), str(made["fingerprint"]))
    evil.start()
    try:
        status, code, sentence = bruno.refused("sync")
    finally:
        evil.stop()

    assert (status, code) == (76, "store-identity")
    assert "not the store of your invitation" in sentence


def _written(bruno: Bruno) -> Path:
    path = bruno.folder / "passphrase"
    path.write_text(PASSPHRASE)
    return path


# --- words and names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("msg", "list", "feedfeedfeed"), 3, "not-found"),
        (("msg", "send", "Albatross", "   "), 65, "bad-input"),
        (("msg", "send", "Albatross", "x" * 70_000), 65, "bad-input"),
        (("verify", "Albatross", "Nobody"), 3, "not-found"),
        (("space", "create", "--agreement", "A", "--signed-on", "soon", "--title", "T"), 65,
         "bad-input"),
        (("space", "create", "--agreement", "A", "--signed-on", "2999-01-01", "--title", "T"), 65,
         "bad-input"),
        (("space", "create", "--agreement", "A", "--signed-on", "2026-01-01", "--title",
          "evil\u202etxt"), 65, "bad-input"),
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_refused(
    bruno: Bruno, words: tuple[str, ...], status: int, code: str
) -> None:
    found = bruno.refused(*words)

    assert found[:2] == (status, code)


# --- files --------------------------------------------------------------------------------------------


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


# --- the disk -------------------------------------------------------------------------------------------


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


def _full_at(size: int) -> Any:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
