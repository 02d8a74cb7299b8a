"""The database of a store of its own: SQLite in one file, read and written by one thread.

Jobs are queued; whatever waits is run in one transaction, each job behind its own savepoint, and
committed once (group commit): one fsync carries many answers, and no answer leaves before its
commit. SQLite comes from the `sqlcipher3` wheel (without a key): versions before 3.51.3 can corrupt
the write-ahead log. Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from centralstore import accesslog
from centralstore.accesslog import Sealer
from centralstore.database import Database, Job, Transaction, bug, translated
from protocol.errors import ConfigurationError, JitError

_OLDEST_SQLITE: Final = (3, 51, 3)
_MAX_GROUP: Final = 64
_BUSY_MILLISECONDS: Final = 10_000
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}",
)


def open_engine(path: Path) -> Engine:
    """An engine on `path` with one connection that begins transactions explicitly.

    Raises:
        ConfigurationError: the SQLite library is older than 3.51.3.
    """
    version = tuple(int(part) for part in sqlcipher3.sqlite_version.split("."))
    if version < _OLDEST_SQLITE:
        raise ConfigurationError(
            f"SQLite {sqlcipher3.sqlite_version} can corrupt its log; 3.51.3 or newer is needed."
        )
    engine = create_engine(
        "sqlite://",
        module=sqlcipher3.dbapi2,
        creator=lambda: sqlcipher3.dbapi2.connect(
            str(path), isolation_level=None, check_same_thread=False
        ),
        poolclass=StaticPool,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is in autocommit mode: transactions and savepoints are ours alone.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE")

    return engine


class Embedded(Database):
    """The database thread."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float],
        sealer: Sealer,
        on_commit: Callable[[list[Transaction]], None] = lambda _: None,
        on_time: Callable[[int, float], None] = lambda _jobs, _seconds: None,
    ) -> None:
        super().__init__(engine, clock, sealer, on_commit, on_time)
        self._thread = threading.Thread(target=self._loop, name="database", daemon=True)
        self._thread.start()

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[bool]:
        """See `Database.alone`: one process serves such a store (server.py holds its lock)."""
        yield bool(name)

    def close(self) -> None:
        """Finish what is queued, then end the thread and close the file."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _loop(self) -> None:
        with self._engine.connect() as connection:
            while True:
                first = self._jobs.get()
                if first is None:
                    return
                group, last = [first], False
                with suppress(queue.Empty):
                    while len(group) < _MAX_GROUP:
                        job = self._jobs.get_nowait()
                        if job is None:
                            last = True
                            break
                        group.append(job)
                with self._working():
                    self._commit(connection, group)
                if last:
                    return

    def _commit(self, connection: Connection, group: list[Job[Any]]) -> None:
        began = time.perf_counter()
        try:
            with connection.begin():
                done = [self._attempt(connection, job) for job in group]
                rows = (access for one in done for access in one.accesses)
                accesslog.record(connection, self._sealer, *rows)
        except Exception as error:  # noqa: BLE001 - the commit failed: nothing of the group happened
            for job in group:
                job.result, job.error, job.transaction = None, translated(error), None
        self._on_time(len(group), time.perf_counter() - began)
        group[0].loop.call_soon_threadsafe(self._settle, group)

    def _attempt(self, connection: Connection, job: Job[Any]) -> Transaction:
        transaction = Transaction(conn=connection, now=self._clock(), sealer=self._sealer)
        # Plain statements: SQLAlchemy's nested transactions cost more than the queries inside.
        driver: Any = connection.connection.driver_connection
        driver.execute("SAVEPOINT job")
        try:
            job.result = job.begin(transaction)
            job.transaction, code = transaction, "ok"
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - told to the caller, never lost
            driver.execute("ROLLBACK TO SAVEPOINT job")
            job.error = error if isinstance(error, JitError) else bug(error)
            code = job.error.reason
        driver.execute("RELEASE SAVEPOINT job")
        job.log(transaction, code)
        return transaction
