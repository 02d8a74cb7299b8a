"""Backups of stores on PostgreSQL and S3; and a store that moves from one kind to the other."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from centralstore.tables import ACCESS_LOG
from protocol.api import paths
from tests.centralstore.client import Device, context
from tests.centralstore.exhibits import Exhibit
from tests.centralstore.team import message, team_of
from tests.centralstore.test_kill import all_waiting
from tests.support.servers import Places, places
from tests.support.store import StoreHandle, run_jitstore, running_store


def back_up(store: StoreHandle, folder: Path) -> None:
    key, data = folder / "offline", ("--data", str(store.data_dir))
    run_jitstore("backup", "keygen", "--out", str(key))
    out = ("--out", str(folder / "night.backup"))
    run_jitstore("backup", "create", *data, "--to", f"{key}.pub", *out)
    run_jitstore("backup", "erasures", *data, "--out", str(folder / "erased.json"))


def restore(folder: Path, name: str, expect: int = 0) -> dict[str, object]:
    words = ("--key", str(folder / "offline"), "--erasures", str(folder / "erased.json"))
    data = ("--data", str(folder / name))
    backup = str(folder / "night.backup")
    return run_jitstore("backup", "restore", backup, *words, *data, expect=expect)


def use(where: Places | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says goes before the configuration in the backup."""
    monkeypatch.setenv("JITSTORE_DATABASE_URL", "" if where is None else where.database_url)
    monkeypatch.setenv("JITSTORE_BLOB_URL", "" if where is None else where.blob_url)
    for name, value in ({} if where is None else where.environment()).items():
        monkeypatch.setenv(name, value)


def serve_again(store: StoreHandle, data: Path, *devices: Device) -> None:
    store.kill()
    store.data_dir = data
    store.start()
    for device in devices:
        device.http.close()
        device.http = httpx.Client(base_url=store.url, verify=context(), timeout=120)
        assert device.sign_in().status_code == 201


def last_numbers(store: StoreHandle) -> list[int]:
    engine = store.engine()
    with engine.connect() as conn:
        found = list(conn.execute(select(ACCESS_LOG.c.id).order_by(ACCESS_LOG.c.id)).scalars())
    engine.dispose()
    return found


@pytest.mark.parametrize("to_postgresql", [True, False], ids=["to-postgresql", "to-a-folder"])
def test_a_store_moves_from_one_kind_to_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to_postgresql: bool
) -> None:
    with places(tmp_path) as there:
        begins = None if to_postgresql else there
        with running_store(tmp_path, None, begins) as store:
            team, (al, bea) = team_of(store, "al", "bea")
            exhibit = Exhibit(team.space, al, (bea,)).upload()
            verified = Exhibit(team.space, al, (bea,)).upload()
            posted = message(team.space, al, bea)
            assert al.ask("POST", paths.messages(team.space), posted).is_success
            back_up(store, tmp_path)
            assert verified.prove(bea).is_success
            data = ("--data", str(store.data_dir))
            run_jitstore("backup", "erasures", *data, "--out", str(tmp_path / "erased.json"))
            use(there if to_postgresql else None, monkeypatch)

            told = restore(tmp_path, "again")
            serve_again(store, tmp_path / "again", al, bea)

            assert (told["parts"], told["forgotten_files"]) == (exhibit.count, 1)
            for index in range(exhibit.count):
                assert exhibit.get(index, bea).content == exhibit.parts[index]
            assert verified.get(0, bea).status_code == 410
            assert all_waiting(bea) == [posted.message]
            later = message(team.space, al, bea)
            assert al.ask("POST", paths.messages(team.space), later).is_success
            assert (store.data_dir / "store.db").exists() is not to_postgresql


def test_a_database_that_holds_something_is_not_restored_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with places(tmp_path) as there, running_store(tmp_path, None, there) as store:
        team_of(store, "al", "bea")
        back_up(store, tmp_path)
        before = last_numbers(store)

        failed = restore(tmp_path, "again", expect=73)

        assert "holds something already" in str(failed["error"])
        assert last_numbers(store)[: len(before)] == before
        assert not (tmp_path / "again").exists()
        assert "JITSTORE_DATABASE_URL" not in os.environ
