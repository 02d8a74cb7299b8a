"""The schema's versions: which one a database has, which is the newest, what lies between.

Forward only. Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from centralstore import locks
from centralstore.database import translated
from protocol.errors import ConfigurationError, DamagedStoreError

_LOCK = b"schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One migration: its id, and what it does in one line."""

    revision: str
    summary: str


@cache
def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "centralstore:migrations")
    return ScriptDirectory.from_config(config)


def newest() -> str:
    """The newest version this program knows."""
    return _scripts().get_current_head() or ""


def current(conn: Connection) -> str:
    """The version of a database; empty for one without tables."""
    return MigrationContext.configure(conn).get_current_revision() or ""


def pending(conn: Connection) -> list[Step]:
    """The migrations that would run, oldest first.

    Raises:
        ConfigurationError: the database was made by a newer program.
    """
    have = current(conn)
    try:
        steps = list(_scripts().iterate_revisions("head", have or "base"))
    except (CommandError, RevisionError) as error:
        raise ConfigurationError("The database was made by a newer version.") from error
    return [
        Step(revision=step.revision, summary=(step.doc or "").splitlines()[0])
        for step in reversed(steps)
    ]


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the schema to a version, the newest by default; a newer one is refused.

    Of several processes that start at once one does it, and the others wait for it.

    Raises:
        ConfigurationError: the database was written by a newer program.
        DamagedStoreError: the file is not a sound database.
    """
    config = Config()
    config.set_main_option("script_location", "centralstore:migrations")
    try:
        if engine.dialect.name == "sqlite":
            with engine.connect() as probe, probe.begin():
                _check_sound(probe)
        with engine.connect() as connection, connection.begin():
            locks.hold(connection, [_LOCK])
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    except CommandError as error:
        raise ConfigurationError("The database was made by a newer version.") from error
    except DatabaseError as error:
        raise translated(error) from error


def _check_sound(conn: Connection) -> None:
    if conn.exec_driver_sql("PRAGMA quick_check").scalar() != "ok":
        raise DamagedStoreError("The store's database is damaged; it was left untouched.")
