"""Bringing a store's database to the schema of this program: not without a backup of before.

The migrations are one transaction, so one that fails changes nothing; what a backup is for is one
that succeeds and was wrong. Guide: docs/OPERATOR_GUIDE.md §10.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from centralstore import schema
from centralstore.backup import LAST_BACKUP
from centralstore.database import translated
from centralstore.settings import Store
from protocol.errors import ConfigurationError

FRESH_SECONDS: Final = 86_400
"""A whole backup is of before the change when it is no older than this."""


def bring(store: Store, engine: Engine, now: float, *, unsaved: bool = False) -> bool:
    """Run what migrations there are; whether there were any.

    A database that holds something is changed only when a whole backup was made within a day before
    `now`, or when the operator says that he wants it `unsaved`.

    Raises:
        ConfigurationError: it has no such backup; or a newer program wrote the database.
        DamagedStoreError: the file is not a sound database.
    """
    try:
        with engine.connect() as connection, connection.begin():
            have, steps = schema.current(connection), schema.pending(connection)
    except DatabaseError as error:
        raise translated(error) from error
    if have and steps and not unsaved and not _saved(store, now):
        raise ConfigurationError(
            f"This version changes the database ({have} to {steps[-1].revision}), and no whole "
            "backup was made in the last 24 hours. Make one with the version before (jitstore "
            "backup create), or run: jitstore migrate --without-backup"
        )
    schema.migrate(engine)
    return bool(have and steps)


def _saved(store: Store, now: float) -> bool:
    try:
        return now - (store.data / LAST_BACKUP).stat().st_mtime <= FRESH_SECONDS
    except OSError:
        return False
