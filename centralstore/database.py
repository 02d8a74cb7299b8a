"""The store's facts: what one job sees, how it is asked for, and what its failures mean.

A job is a plain function of a `Transaction`; its access-log row is committed with it. Two
databases run the same jobs: `embedded.py` (SQLite, one writing thread) and `shared.py` (PostgreSQL,
any number of processes). What jobs must not do at once they say with `Transaction.hold`.
Spec: docs/protocol/70-store.md §9.
"""

from __future__ import annotations

import asyncio
import queue
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from centralstore import accesslog, locks
from centralstore.accesslog import Sealer
from centralstore.load import AtWork, Load
from centralstore.prepared import Prepared, Row, Values
from centralstore.steps import Alone, Lane, Last, Question, Seat, Steps, settled
from protocol.api.spaces import Delivery
from protocol.errors import BugError, DamagedStoreError, DiskError, JitError, StoreBusyError
from protocol.ids import DeviceId, UserId

T = TypeVar("T")


@dataclass(slots=True)
class Transaction:
    """What one job works with; `space` and `subject` are for its row in the access log.

    `accesses` are its rows there, written together before the commit.
    `wakes`, `pushes`, `everyone`, `ended`, `changed` (slots for linking), `doomed`, `full` (a
    message met a full mailbox) and `unsure` (whether it was committed is not known) are acted upon
    after the commit.
    """

    conn: Connection
    now: float
    sealer: Sealer
    user: UserId = UserId(b"")
    device: DeviceId = DeviceId(b"")
    wakes: list[tuple[DeviceId, bytes, str]] = field(default_factory=list)
    pushes: list[tuple[DeviceId, Delivery]] = field(default_factory=list)
    everyone: list[tuple[bytes, str]] = field(default_factory=list)
    ended: list[DeviceId] = field(default_factory=list)
    changed: list[bytes] = field(default_factory=list)
    doomed: bool = False
    full: bool = False
    unsure: bool = False
    accesses: list[accesslog.Access] = field(default_factory=list)
    space: bytes = b""
    subject: bytes = b""
    seat: Seat | None = None

    @property
    def second(self) -> int:
        """Whole seconds since 1970 UTC."""
        return int(self.now)

    def wake(self, device: DeviceId, space: bytes, what: str) -> None:
        """Tell a device after the commit that something concerns it."""
        self.wakes.append((device, space, what))

    def push(self, given: Sequence[tuple[UserId, DeviceId, Delivery]]) -> None:
        """Give devices that listen here what came for them, after the commit.

        Each is an access of its own, by whom it is given to.
        """
        self.pushes += [(device, delivery) for _, device, delivery in given]
        self.accesses += [
            accesslog.Access(
                now=self.now,
                user=user,
                device=device,
                operation="mailbox.push",
                space=delivery.space,
                subject=delivery.message,
                result="ok",
            )
            for user, device, delivery in given
        ]

    def wake_all(self, what: str) -> None:
        """Tell every device that listens, on whichever process, after the commit."""
        self.everyone.append((b"", what))

    def hold(self, *ids: bytes, shared: bool = False) -> None:
        """Keep other transactions off these ids until this one ends; see locks.py for the order.

        Facts that may have changed meanwhile are read after this, never before.
        """
        if self.seat is None:
            locks.hold(self.conn, ids, shared=shared)
        else:
            self.seat.hold(ids, shared=shared)

    def ahead(self, statement: Prepared, values: Values) -> None:
        """Ask already now what will be asked, with the same values and no lists."""
        if self.seat is None:
            statement.ahead(self.conn, values)
        else:
            self.seat.ahead(Question(statement, values))

    def put(self, statement: Prepared, rows: Sequence[Values]) -> None:
        """Insert rows that this job does not read again."""
        if self.seat is None:
            statement.each(self.conn, rows)
        else:
            self.seat.put(statement, rows)

    def last(self, act: Last, rows: Sequence[Row]) -> None:
        """What is done at the end with rows that were found, once for all who are there."""
        if self.seat is None:
            act(self, rows)
        else:
            self.seat.last(act, rows)

    @property
    def beside(self) -> bool:
        """Whether jobs of others are in this transaction."""
        return self.seat is not None

    def alone(self) -> None:
        """What follows is not done beside others' jobs: with such, this one is run again alone."""
        if self.beside:
            raise Alone


@dataclass(slots=True, kw_only=True)
class Job(Generic[T]):
    """One request for a transaction, and what became of it."""

    work: Callable[[Transaction], T]
    operation: str
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    log_success: bool = True
    stepped: bool = False
    lane: Lane | None = None
    transaction: Transaction | None = None
    result: T | None = None
    error: BaseException | None = None

    def begin(self, transaction: Transaction) -> T:
        """Do it by itself."""
        found: Any = self.work(transaction)
        result: T = settled(transaction.conn, found) if self.stepped else found
        return result

    def log(self, transaction: Transaction, code: str) -> None:
        """Add the access-log row of what was done if one is due; of what was refused, only that."""
        if code != "ok":
            transaction.accesses.clear()
        if self.operation and (self.log_success or code != "ok"):
            transaction.accesses.append(
                accesslog.Access(
                    now=transaction.now,
                    user=transaction.user,
                    device=transaction.device,
                    operation=self.operation,
                    space=transaction.space,
                    subject=transaction.subject,
                    result=code,
                )
            )


class Database(ABC):
    """Runs jobs.

    `on_commit` is called on the event loop with finished transactions, `on_time` on a database
    thread with the number of jobs and the seconds that a transaction took.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], float],
        sealer: Sealer,
        on_commit: Callable[[list[Transaction]], None] = lambda _: None,
        on_time: Callable[[int, float], None] = lambda _jobs, _seconds: None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sealer = sealer
        self._on_commit = on_commit
        self._on_time = on_time
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._working = AtWork()

    async def run(
        self, operation: str, work: Callable[[Transaction], T], *, log_success: bool = True
    ) -> T:
        """Run one job; its access-log row, also of a refusal, is committed with it.

        `work` may be run again from the start when its transaction had to be taken back: what it
        does outside of the transaction must not matter. An empty `operation` writes no row; without
        `log_success` only a refusal does, because the operation goes on and logs its end in a later
        job.

        Raises:
            JitError: what the job raised, a full disk, a database out of reach, or a bug.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        job = Job(work=work, operation=operation, future=future, loop=loop, log_success=log_success)
        self._queue(job)
        return await future

    async def run_beside(
        self, operation: str, lane: Lane | None, work: Callable[[Transaction], Steps[T]]
    ) -> T:
        """The same of a job that asks its questions one by one.

        It may share a transaction with others of the same `lane`, if there is one.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        some: Any = work
        self._queue(
            Job(work=some, operation=operation, future=future, loop=loop, stepped=True, lane=lane)
        )
        return await future

    def load(self) -> Load:
        """How full the pool is at this moment."""
        return Load(self._size(), len(self._working), self._jobs.qsize())

    def _size(self) -> int:
        return 1

    def _queue(self, job: Job[Any]) -> None:
        self._jobs.put(job)

    @abstractmethod
    def alone(self, name: str) -> AbstractAsyncContextManager[bool]:
        """True while no other process of this store is inside under that name; else False."""

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued, then let go of the database."""

    def _settle(self, group: list[Job[Any]]) -> None:
        self._on_commit([job.transaction for job in group if job.transaction is not None])
        for job in group:
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)


def bug(error: Exception) -> BugError:
    """Our own failure, with what caused it."""
    failure = BugError("The store failed; nothing was changed.")
    failure.__cause__ = error
    return failure


_BY_SQLSTATE = (
    ("53100", DiskError, "The store's disk is full or failing; nothing was changed."),
    ("58", DiskError, "The store's disk is full or failing; nothing was changed."),
    ("XX00", DamagedStoreError, "The store's database is damaged; it was left untouched."),
    *((state, StoreBusyError, "The store is busy; try again.") for state in ("40", "55", "57014")),
    *(
        (state, StoreBusyError, "The store cannot reach its database now; try again.")
        for state in ("08", "53", "57", "25006")
    ),
)


def translated(error: BaseException) -> JitError:
    """One of our errors for a driver's; only its kind is looked at, never its text with values."""
    if isinstance(error, JitError):
        return error
    state = getattr(getattr(error, "orig", None), "sqlstate", "")
    if getattr(error, "connection_invalidated", False) or state is None:
        return StoreBusyError("The store cannot reach its database now; try again.")
    for start, kind, sentence in _BY_SQLSTATE if state else ():
        if state.startswith(start):
            return kind(sentence)
    original = "" if state else str(getattr(error, "orig", error)).lower()
    if "full" in original or "i/o" in original or "readonly" in original or "read-only" in original:
        return DiskError("The store's disk is full or failing; nothing was changed.")
    if "locked" in original or "busy" in original:
        return StoreBusyError("The store is busy; try again.")
    if "malformed" in original or "not a database" in original:
        return DamagedStoreError("The store's database is damaged; it was left untouched.")
    failure = BugError("The store failed; nothing was changed.")
    failure.__cause__ = error
    return failure
