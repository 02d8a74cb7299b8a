"""A new version changes a database that holds something only when a backup of before is there."""

from __future__ import annotations

import asyncio
import os
import time

import pytest

from centralstore import backup, inside, moving, places, schema, settings
from protocol.errors import ConfigurationError
from tests.centralstore.client import enrolled
from tests.support.store import StoreHandle, run_jitstore


def set_back(store: StoreHandle) -> None:
    """As the version before the newest left it."""
    store.stop()
    engine = store.engine()
    with engine.begin() as base:
        base.exec_driver_sql("DROP TABLE log_waiting")
        base.exec_driver_sql("UPDATE alembic_version SET version_num = '0010'")
    engine.dispose()


def version(store: StoreHandle) -> str:
    engine = store.engine()
    with engine.connect() as base:
        found = schema.current(base)
    engine.dispose()
    return found


async def serve(store: StoreHandle) -> None:
    """What `jitstore serve` opens before its port."""
    async with inside.opened(settings.load(store.data_dir), time.time):
        pass


def test_without_a_backup_nothing_is_changed_and_the_one_command_is_named(
    own_store: StoreHandle,
) -> None:
    enrolled(own_store, "al")
    set_back(own_store)
    data = str(own_store.data_dir)

    for command in (("user", "list"), ("migrate",)):
        said = run_jitstore(*command, "--data", data, expect=78)
        assert "jitstore migrate --without-backup" in str(said["error"])
    with pytest.raises(ConfigurationError, match="no whole backup"):
        asyncio.run(serve(own_store))
    assert version(own_store) == "0010"

    ran = run_jitstore("migrate", "--without-backup", "--data", data)

    assert (ran["from"], ran["to"]) == ("0010", "0011")
    assert version(own_store) == schema.newest()
    own_store.start()


def test_with_a_backup_of_the_last_day_the_database_is_changed(own_store: StoreHandle) -> None:
    set_back(own_store)
    store = settings.load(own_store.data_dir)
    mark, made = store.data / backup.LAST_BACKUP, 1_800_000_000
    mark.touch()
    os.utime(mark, (made, made))

    engine = places.engine(store)
    try:
        with pytest.raises(ConfigurationError, match="no whole backup"):
            moving.bring(store, engine, made + moving.FRESH_SECONDS + 1)
        assert moving.bring(store, engine, made + moving.FRESH_SECONDS)
        assert not moving.bring(store, engine, made + 10 * moving.FRESH_SECONDS)
    finally:
        engine.dispose()

    assert version(own_store) == schema.newest()
    own_store.start()
