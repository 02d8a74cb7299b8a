"""Bad input: its own sentence, code and exit status; nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jitclient.__main__ import main
from jitclient.door import DoorKeeper
from tests.support.people_at_work import (
    PASSPHRASE,
    copied_store,
    remember_master_keys,
)
from tests.support.store import StoreHandle, run_jitstore


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


# --- before the passphrase -----------------------------------------------------------------------


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


# --- invitations and the store -------------------------------------------------------------------


def test_a_used_invitation_is_refused_and_leaves_nothing(
    bruno: Bruno, store: StoreHandle, tmp_path: Path
) -> None:
    invitation = store.invite("Dana")
    words = ["--profile", str(tmp_path / "dana"), "--passphrase-file", str(_written(bruno))]
    assert main([*words, "enrol", invitation, "--json"]) == 0

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


# --- words and names -----------------------------------------------------------------------------


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
