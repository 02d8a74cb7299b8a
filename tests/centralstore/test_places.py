"""Naming a database and a bucket: what is refused, and how it is said."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from centralstore import inside, places, settings
from centralstore.configuration import Configuration
from protocol.errors import ConfigurationError, DiskError
from tests.support import servers
from tests.support.store import made_store, run_jitstore

BUCKET = "s3://jit/parts?endpoint=https://s3.example&region=eu-1"


def config(**values: object) -> Configuration:
    keys = {"s3_access_key": "k", "s3_secret_key": "s", **values}
    return Configuration(**keys)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "postgres",
        "mysql://u@h/d",
        "postgresql://u@h",
        "postgresql://h/d",
        "postgresql://u@h/d?passfile=x",
        "postgresql://u@h:x/d",
    ],
)
def test_what_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="database_url"):
        places.check(config(database_url=url, blob_url=BUCKET))


def test_a_password_does_not_stand_in_the_address() -> None:
    with pytest.raises(ConfigurationError, match="database_password") as refused:
        places.check(config(database_url="postgresql://u:hunter2@h/d", blob_url=BUCKET))

    assert "hunter2" not in refused.value.sentence


@pytest.mark.parametrize(
    "url",
    [
        "jit",
        "https://jit/parts",
        "s3://J/parts",
        "s3://jit?endpoint=ftp://h",
        "s3://jit?key=1",
        "s3://jit?x",
    ],
)
def test_what_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="blob_url"):
        places.check(config(database_url="postgresql://u@h/d", blob_url=url))


def test_a_bucket_needs_its_keys() -> None:
    with pytest.raises(ConfigurationError, match="s3_secret_key"):
        places.check(config(blob_url=BUCKET, s3_secret_key=""))


@pytest.mark.parametrize("given", [{"database_url": "postgresql://u@h/d"}, {"blob_url": BUCKET}])
def test_several_processes_share_both_or_none(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="go together"):
        places.check(config(**given))


def test_a_bucket_is_read_from_its_address() -> None:
    found = places.bucket_of(config(blob_url=BUCKET))

    assert found is not None
    assert (found.name, found.folder, found.region) == ("jit", "parts", "eu-1")
    assert found.endpoint == "https://s3.example"


def test_secrets_are_read_from_files_and_never_shown(tmp_path: Path) -> None:
    with servers.places(tmp_path) as where:
        store = made_store(tmp_path, places=where)
        password = (where.secrets / "database").read_text().strip()
        words = ("config", "dump", "--redacted", "--data", str(store.data_dir))

        shown = str(run_jitstore(*words))

        assert settings.load(store.data_dir).config.database_password == password
        assert password not in shown
        assert servers.SECRET not in shown
        assert where.database_url in shown


def test_a_key_is_not_given_twice(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    (tmp_path / "secret").write_text("x")
    with (store.data_dir / "jitstore.toml").open("a") as file:
        file.write(f'database_password = "y"\ndatabase_password_file = "{tmp_path}/secret"\n')

    with pytest.raises(ConfigurationError, match="twice"):
        settings.load(store.data_dir, {})


def test_a_wrong_password_is_refused_without_telling_it(tmp_path: Path) -> None:
    with servers.places(tmp_path) as where:
        store = settings.load(made_store(tmp_path, places=where).data_dir)
        wrong = replace(store, config=change(store.config, database_password="not-this-one"))

        with pytest.raises(ConfigurationError, match="does not accept") as refused:
            places.engine(wrong)

        assert "not-this-one" not in refused.value.sentence


def test_init_leaves_nothing_behind_when_the_database_is_not_there(tmp_path: Path) -> None:
    words = ["--data", str(tmp_path / "d"), "--database", "postgresql://u@127.0.0.1:1/d"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JITSTORE_S3_ACCESS_KEY", "k")
        patch.setenv("JITSTORE_S3_SECRET_KEY", "s")

        failed = run_jitstore("init", *words, "--blobs", BUCKET, expect=78)

    assert "cannot be reached" in str(failed["error"])
    assert not (tmp_path / "d").exists()


@pytest.mark.asyncio
@pytest.mark.parametrize("harm", ["key", "bucket"])
async def test_a_bucket_that_refuses_is_refused_at_the_start(tmp_path: Path, harm: str) -> None:
    with servers.places(tmp_path) as where:
        store = settings.load(made_store(tmp_path, places=where).data_dir)
        if harm == "key":
            wrong = change(store.config, s3_secret_key="another")
        else:
            wrong = change(store.config, blob_url=store.config.blob_url.replace("jit-", "no-"))

        with pytest.raises(ConfigurationError, match="object store refuses"):
            async with inside.opened(replace(store, config=wrong), lambda: 1_800_000_000.0):
                pass


def test_a_database_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with servers.places(tmp_path) as where:
        store = settings.load(made_store(tmp_path, places=where).data_dir)
        latin = f"latin_{os.urandom(4).hex()}"
        where.postgres.ask(
            f"CREATE DATABASE {latin} OWNER {where.name} ENCODING 'LATIN1' TEMPLATE template0"
        )
        url = where.postgres.url(where.name, latin)
        try:
            with pytest.raises(ConfigurationError, match="UTF-8"):
                places.engine(replace(store, config=change(store.config, database_url=url)))
        finally:
            where.postgres.ask(f"DROP DATABASE {latin} WITH (FORCE)")


def change(config: Configuration, **values: str) -> Configuration:
    from msgspec.structs import replace as replaced

    return replaced(config, **values)


@pytest.mark.asyncio
@pytest.mark.parametrize("times", [1, 2])
async def test_a_part_that_is_erased_while_it_arrives_is_no_failure_of_the_object_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Another process erases its file in between: once is sent again, whoever goes on is told."""
    real, left = obstore.head_async, [None] * times

    async def head(store: S3Store, key: str) -> object:
        if left:
            left.pop()
            await obstore.delete_async(store, key)
        return await real(store, key)

    monkeypatch.setattr(obstore, "head_async", head)
    with servers.places(tmp_path) as where:
        blobs = places.blobs(settings.load(made_store(tmp_path, places=where).data_dir))
        if times == 1:
            key = await blobs.put("ab" * 16, 0, [b"sealed"])
            assert b"".join([piece async for piece in blobs.read(key, 6)]) == b"sealed"
        else:
            with pytest.raises(DiskError):
                await blobs.put("ab" * 16, 0, [b"sealed"])
