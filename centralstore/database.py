"""The one thread that reads and writes the store's facts.

Jobs are queued; whatever waits is run in one transaction, each job behind its own savepoint, and
committed once (group commit): one fsync carries many answers, and no answer leaves before its
commit. SQLite comes from the `sqlcipher3` wheel (without a key): versions before 3.51.3 can corrupt
the write-ahead log. Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import sqlcipher3
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from centralstore import accesslog
from protocol.errors import (
    BugError,
    ConfigurationError,
    DamagedStoreError,
    DiskError,
    JitError,
    StoreBusyError,
)
from protocol.ids import DeviceId, UserId

T = TypeVar("T")

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


@dataclass(slots=True)
class Transaction:
    """What one job works with.

    `wakes`, `ended`, `changed` (slots for linking) and `doomed` are acted upon after the commit.
    """

    conn: Connection
    now: float
    user: UserId = UserId(b"")
    device: DeviceId = DeviceId(b"")
    wakes: list[tuple[DeviceId, bytes, str]] = field(default_factory=list)
    ended: list[DeviceId] = field(default_factory=list)
    changed: list[bytes] = field(default_factory=list)
    doomed: bool = False
    subject: bytes = b""

    @property
    def second(self) -> int:
        """Whole seconds since 1970 UTC."""
        return int(self.now)

    def wake(self, device: DeviceId, space: bytes, what: str) -> None:
        """Tell a device after the commit that something concerns it."""
        self.wakes.append((device, space, what))


@dataclass(slots=True, kw_only=True)
class _Job(Generic[T]):
    work: Callable[[Transaction], T]
    operation: str
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    log_success: bool = True
    transaction: Transaction | None = None
    result: T | None = None
    error: BaseException | None = None


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


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest version; a newer file is refused.

    Raises:
        ConfigurationError: the file was written by a newer program.
        DamagedStoreError: the file is not a sound database.
    """
    config = Config()
    config.set_main_option("script_location", "centralstore:migrations")
    try:
        with engine.connect() as probe, probe.begin():
            answer = probe.exec_driver_sql("PRAGMA quick_check").scalar()
            if answer != "ok":
                raise DamagedStoreError("The store's database is damaged; it was left untouched.")
        with engine.connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise ConfigurationError("The database was made by a newer version.") from error
    except DatabaseError as error:
        raise translated(error) from error


class Database:
    """The database thread.

    `on_commit` is called on the event loop with finished transactions, `on_time` on the database
    thread with the number of jobs and the seconds that a transaction took.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float],
        on_commit: Callable[[list[Transaction]], None] = lambda _: None,
        on_time: Callable[[int, float], None] = lambda _jobs, _seconds: None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._on_commit = on_commit
        self._on_time = on_time
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name="database", daemon=True)
        self._thread.start()

    async def run(
        self, operation: str, work: Callable[[Transaction], T], *, log_success: bool = True
    ) -> T:
        """Run one job; its access-log row, also of a refusal, is committed with it.

        An empty `operation` writes no row; without `log_success` only a refusal does, because
        the operation goes on and logs its end in a later job.

        Raises:
            JitError: what the job raised, a full disk, or a bug.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        job = _Job(
            work=work, operation=operation, future=future, loop=loop, log_success=log_success
        )
        self._jobs.put(job)
        return await future

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
                self._commit(connection, group)
                if last:
                    return

    def _commit(self, connection: Connection, group: list[_Job[Any]]) -> None:
        began = time.perf_counter()
        try:
            with connection.begin():
                for job in group:
                    self._attempt(connection, job)
        except Exception as error:  # noqa: BLE001 - the commit failed: nothing of the group happened
            for job in group:
                job.result, job.error, job.transaction = None, translated(error), None
        self._on_time(len(group), time.perf_counter() - began)
        group[0].loop.call_soon_threadsafe(self._settle, group)

    def _attempt(self, connection: Connection, job: _Job[Any]) -> None:
        transaction = Transaction(conn=connection, now=self._clock())
        # Plain statements: SQLAlchemy's nested transactions cost more than the queries inside.
        driver: Any = connection.connection.driver_connection
        driver.execute("SAVEPOINT job")
        try:
            job.result = job.work(transaction)
            job.transaction, code = transaction, "ok"
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - told to the caller, never lost
            driver.execute("ROLLBACK TO SAVEPOINT job")
            job.error = error if isinstance(error, JitError) else _bug(error)
            code = job.error.reason
        driver.execute("RELEASE SAVEPOINT job")
        if job.operation and (job.log_success or job.error is not None):
            accesslog.record(
                connection,
                accesslog.Access(
                    now=transaction.now,
                    user=transaction.user,
                    device=transaction.device,
                    operation=job.operation,
                    subject=transaction.subject,
                    result=code,
                ),
            )

    def _settle(self, group: list[_Job[Any]]) -> None:
        self._on_commit([job.transaction for job in group if job.transaction is not None])
        for job in group:
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)


def _bug(error: Exception) -> BugError:
    failure = BugError("The store failed; nothing was changed.")
    failure.__cause__ = error
    return failure


def translated(error: BaseException) -> JitError:
    """One of our errors for a driver's; only its kind is looked at, never its text with values."""
    if isinstance(error, JitError):
        return error
    original = str(getattr(error, "orig", error)).lower()
    if "full" in original or "i/o" in original or "readonly" in original or "read-only" in original:
        return DiskError("The store's disk is full or failing; nothing was changed.")
    if "locked" in original or "busy" in original:
        return StoreBusyError("The store is busy; try again.")
    if "malformed" in original or "not a database" in original:
        return DamagedStoreError("The store's database is damaged; it was left untouched.")
    failure = BugError("The store failed; nothing was changed.")
    failure.__cause__ = error
    return failure
