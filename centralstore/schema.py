"""The schema's versions: which one a database has, which is the newest, what lies between.

Forward only. Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from protocol.errors import ConfigurationError


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
    except CommandError as error:
        raise ConfigurationError("The database was made by a newer version.") from error
    return [
        Step(revision=step.revision, summary=(step.doc or "").splitlines()[0])
        for step in reversed(steps)
    ]
