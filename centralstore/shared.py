"""The database of a store of many processes: PostgreSQL, asked by a few threads at once.

Each job is one transaction (READ COMMITTED); what must not happen at once the jobs say by locks
(locks.py) and by unique keys. A transaction that the database takes back, because two waited for
each other or two inserted the same key, is run again from the start. PostgreSQL writes the commits
of many connections with one fsync. Spec: docs/protocol/70-store.md §9, docs/adr/0029.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from centralstore import accesslog, locks, pipelined
from centralstore.accesslog import Sealer
from centralstore.database import Database, Job, Transaction, bug, translated
from centralstore.lanes import Lanes, drop, leave
from centralstore.load import Load
from protocol.errors import ConfigurationError, JitError

CONNECTIONS: Final = 8
_OLDEST: Final = 130_000
_ATTEMPTS: Final = 40
_PATIENCE_SECONDS: Final = 5.0
"""How long a job outlasts a database that restarts before its caller is told to come again."""
_PAUSE_SECONDS: Final = 0.25
_AGAIN: Final = ("40", "55P03", "23505", "57P")
"""Taken back, a lock not had in time, the same key twice, the server stops or starts."""
_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in (
        # A promise of durability is kept whatever the server's own settings are.
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read\\ committed"),
        ("timezone", "UTC"),
        ("lock_timeout", "10s"),
        ("statement_timeout", "60s"),
        # A process that hangs, or whose machine is gone, keeps nobody waiting for its locks.
        ("idle_in_transaction_session_timeout", "30s"),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
    )
)
CONNECT: Final[dict[str, Any]] = {
    "options": _OPTIONS,
    "connect_timeout": 5,
    "application_name": "jitstore",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def open_engine(url: URL, connections: int = CONNECTIONS) -> Engine:
    """An engine on a PostgreSQL database; nothing is connected yet."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=connections + 4,
        max_overflow=2,
        pool_timeout=10,
        connect_args=CONNECT,
    )
    pipelined.prepare(engine)
    return engine


def check(engine: Engine) -> None:
    """Refuse a database that a store must not be put on.

    Raises:
        ConfigurationError: out of reach, too old, another encoding, read-only, or not durable.
    """
    where = f"{engine.url.host or 'localhost'}/{engine.url.database}"
    try:
        with engine.connect() as connection:
            ask = connection.exec_driver_sql
            version = int(str(ask("SHOW server_version_num").scalar()))
            facts = {
                name: ask(f"SHOW {name}").scalar()
                for name in ("server_encoding", "transaction_read_only", "fsync")
            }
    except DBAPIError as error:
        raise ConfigurationError(
            f"The database {where} cannot be reached, or does not accept the store's user."
        ) from error
    if version < _OLDEST:
        raise ConfigurationError(f"The database {where} is PostgreSQL before version 13.")
    if facts["server_encoding"] != "UTF8":
        raise ConfigurationError(f"The database {where} is not encoded in UTF-8.")
    if facts["transaction_read_only"] != "off":
        raise ConfigurationError(f"The database {where} can only be read.")
    if facts["fsync"] != "on":
        raise ConfigurationError(f"The database {where} runs without fsync and could lose mail.")


class Shared(Database):
    """A few threads, each with a connection of its own; every job is a transaction.

    What may be done beside others has threads of its own (lanes.py), and a transaction for all who
    wait there.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float],
        sealer: Sealer,
        on_commit: Callable[[list[Transaction]], None] = lambda _: None,
        on_time: Callable[[int, float], None] = lambda _jobs, _seconds: None,
        *,
        connections: int = CONNECTIONS,
    ) -> None:
        super().__init__(engine, clock, sealer, on_commit, on_time)
        self._closing = threading.Event()
        self._lanes = Lanes(engine, clock, sealer, self._serve, self._jobs.put, self._told)
        self._done: deque[Job[Any]] = deque()
        self._waking = False
        self._threads = [
            threading.Thread(target=self._loop, name=f"database-{number}", daemon=True)
            for number in range(connections)
        ]
        for thread in self._threads:
            thread.start()

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[bool]:
        """See `Database.alone`; when the connection is lost meanwhile, another may come in."""
        lock = {"key": locks.key(f"alone:{name}".encode())}

        def enter() -> Connection | None:
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            try:
                if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), lock).scalar():
                    return connection
            except BaseException:
                connection.close()
                raise
            connection.close()
            return None

        def let_go(connection: Connection) -> None:
            with suppress(DBAPIError), connection:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), lock)

        try:
            held = await asyncio.to_thread(enter)
        except DBAPIError as error:
            raise translated(error) from error
        try:
            yield held is not None
        finally:
            if held is not None:
                await asyncio.to_thread(let_go, held)

    def close(self) -> None:
        """Finish what is queued, then end the threads and let go of the database."""
        self._closing.set()
        self._lanes.close()  # first: whom it leaves out the threads below take
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._engine.dispose()

    def load(self) -> Load:
        """See `Database.load`: those of the lanes too."""
        return super().load() + self._lanes.load()

    def _size(self) -> int:
        return len(self._threads)

    def _queue(self, job: Job[Any]) -> None:
        if job.lane is not None and not self._closing.is_set():
            self._lanes.put(job.lane, job)
        else:
            self._jobs.put(job)

    def _loop(self) -> None:
        connection: Connection | None = None
        while (job := self._jobs.get()) is not None:
            began = time.perf_counter()
            with self._working():
                connection = self._serve(connection, job)
            self._told([job], time.perf_counter() - began)
        leave(connection)

    def _told(self, jobs: list[Job[Any]], seconds: float) -> None:
        """Let the event loop settle them, with others that are done until it comes to that."""
        self._on_time(len(jobs), seconds)
        self._done.extend(jobs)
        if not self._waking:
            self._waking = True
            jobs[0].loop.call_soon_threadsafe(self._settle_done)

    def _settle_done(self) -> None:
        self._waking = False  # first: who finds it set is still seen below
        self._settle([self._done.popleft() for _ in range(len(self._done))])

    def _serve(self, connection: Connection | None, job: Job[Any]) -> Connection | None:
        """Bring one job to its end; the connection to go on with, if there is one."""
        waited = 0.0
        for attempt in range(_ATTEMPTS):
            try:
                if connection is None:
                    connection = self._engine.connect()
                self._attempt(connection, job)
            except DBAPIError as error:
                job.result, job.error = None, translated(error)
                if connection is not None and not pipelined.take_back(connection):
                    drop(connection)
                    connection = None
                if job.transaction is not None:  # nobody knows whether it was committed
                    return connection
                if not _worth_repeating(error, lost=connection is None) or (
                    isinstance(error, IntegrityError) and attempt > 3
                ):
                    break
                if waited >= _PATIENCE_SECONDS or self._closing.is_set():
                    break
                waited += self._pause(attempt, lost=connection is None)
            except Exception as error:  # noqa: BLE001 - told to the caller, never lost
                job.result, job.error = None, error if isinstance(error, JitError) else bug(error)
                break
            else:
                break
        return connection

    def _attempt(self, connection: Connection, job: Job[Any]) -> None:
        job.result = job.error = job.transaction = None
        transaction = Transaction(conn=connection, now=self._clock(), sealer=self._sealer)
        pipelined.enter(connection)
        try:
            with connection.begin() as act:
                job.result = job.begin(transaction)
                self._log(transaction, job, "ok")
                job.transaction = transaction
                # From here on a lost connection leaves open what the database did.
                transaction.unsure = True
                act.commit()
                transaction.unsure = False
            return
        except DBAPIError as error:
            if not error.connection_invalidated:
                job.transaction = None
            raise
        except Exception as error:  # noqa: BLE001 - a refusal: taken back, then logged
            refusal = error if isinstance(error, JitError) else bug(error)
        job.result = job.transaction = None
        if job.operation:
            pipelined.enter(connection)
            with connection.begin():
                self._log(transaction, job, refusal.reason)
        job.error = refusal

    def _log(self, transaction: Transaction, job: Job[Any], code: str) -> None:
        job.log(transaction, code)
        accesslog.record(transaction.conn, self._sealer, *transaction.accesses)

    def _pause(self, attempt: int, *, lost: bool) -> float:
        """Wait a moment, not the same for everyone who was taken back; how long."""
        seconds = _PAUSE_SECONDS if lost else min(attempt, 10) * 0.002
        seconds *= 0.5 + secrets.randbelow(1000) / 1000
        self._closing.wait(seconds)
        return seconds


def _worth_repeating(error: DBAPIError, *, lost: bool) -> bool:
    state = getattr(error.orig, "sqlstate", None) or ""
    return lost or state.startswith(_AGAIN)
