from __future__ import annotations

from pathlib import Path

import pytest
import sqlcipher3
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from centralstore import embedded, schema
from centralstore.tables import METADATA
from protocol.errors import ConfigurationError

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def test_the_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    engine = embedded.open_engine(tmp_path / "x.db")
    schema.migrate(engine)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = embedded.open_engine(tmp_path / "x.db")
    schema.migrate(engine)
    schema.migrate(engine)


def test_postgresql_takes_the_same_tables() -> None:
    for table in METADATA.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=_POSTGRESQL))


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
