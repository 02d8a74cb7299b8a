from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlcipher3
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, make_url

from centralstore import embedded, schema, shared
from centralstore.tables import METADATA
from protocol.errors import ConfigurationError
from tests.support.servers import Places, places


@pytest.fixture
def engine(tmp_path: Path, where: Places | None) -> Iterator[Engine]:
    """An empty database of either kind."""
    if where is None:
        made = embedded.open_engine(tmp_path / "x.db")
    else:
        password = (where.secrets / "database").read_text().strip()
        made = shared.open_engine(make_url(where.database_url).set(password=password))
    yield made
    made.dispose()


def test_the_migrations_make_exactly_the_tables(engine: Engine) -> None:
    schema.migrate(engine)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    schema.migrate(engine)
    schema.migrate(engine)


def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    with places(tmp_path) as where:
        password = (where.secrets / "database").read_text().strip()
        engine = shared.open_engine(make_url(where.database_url).set(password=password))

        with ThreadPoolExecutor(4) as crowd:
            list(crowd.map(schema.migrate, [engine] * 4))

        with engine.connect() as connection:
            assert schema.pending(connection) == []
        engine.dispose()


def test_sqlite_with_the_log_bug_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlcipher3, "sqlite_version", "3.51.2")

    with pytest.raises(ConfigurationError, match=r"3\.51\.3"):
        embedded.open_engine(tmp_path / "x.db")


def test_writes_are_synced_before_they_are_answered(tmp_path: Path) -> None:
    engine = embedded.open_engine(tmp_path / "x.db")
    with engine.connect() as connection:
        pragma = connection.exec_driver_sql
        assert pragma("PRAGMA journal_mode").scalar() == "wal"
        assert pragma("PRAGMA synchronous").scalar() == 2
        assert pragma("PRAGMA secure_delete").scalar() == 1
