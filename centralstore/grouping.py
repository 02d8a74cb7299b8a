"""Jobs of several waiting requests in one transaction of PostgreSQL, each as if it were alone.

All go forward together: what they ask at the same time is sent at the same time, the same question
of several as one statement, and each goes on with its own answer. Locks of all are taken in one
order. A job that is refused, or that has to do something rare, is left out before it has written
anything; after that, and when the database refuses anything, nothing of the whole group happens.
Who is left out is run again by himself. Spec: docs/protocol/70-store.md §9, docs/adr/0074.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from centralstore import accesslog, locks, pipelined
from centralstore.accesslog import Sealer
from centralstore.database import Job, Transaction
from centralstore.prepared import Prepared, Row, Values
from centralstore.steps import Alone, Last, Question, Steps

_PATIENCE: Final = "SET LOCAL lock_timeout = 500"
"""Milliseconds: who waits for a lock longer than that must not keep all others waiting."""


@dataclass(slots=True, eq=False)
class _Asked:
    question: Question
    rows: Sequence[Row] | None = None


@dataclass(slots=True, eq=False)
class _Member:
    """One job, how far it is, and its place among the others (`steps.Seat`)."""

    group: Group
    job: Job[Any]
    transaction: Transaction
    steps: Steps[Any] | None = None
    waits: _Asked | None = None
    wrote: bool = False
    asked: dict[Hashable, _Asked] = field(default_factory=dict)

    def hold(self, ids: Sequence[bytes], *, shared: bool) -> None:
        """Take locks with those of the others."""
        self.group.hold(ids, shared=shared)

    def ahead(self, question: Question) -> None:
        """Ask already now."""
        self.asked[question.key()] = self.group.ask(question)

    def put(self, statement: Prepared, rows: Sequence[Values]) -> None:
        """Insert with what the others insert."""
        self.wrote = True
        self.group.rows.setdefault(statement, []).extend(rows)

    def last(self, act: Last, rows: Sequence[Row]) -> None:
        """Have it done for all at once."""
        self.wrote = True
        self.group.ends.setdefault(act, []).extend(rows)

    def go_on(self) -> None:
        """Until the next question that is not answered yet, or to the end."""
        answer: Sequence[Row] | None = None if self.waits is None else self.waits.rows
        self.waits = None
        try:
            if self.steps is None:
                self.steps = self.job.work(self.transaction)
            while True:
                question = next(self.steps) if answer is None else self.steps.send(answer)
                self.wrote = self.wrote or not question.statement.reads
                known = self.asked.pop(question.key(), None)
                self.waits = self.group.ask(question) if known is None else known
                answer = self.waits.rows
                if answer is None:
                    return
        except StopIteration as end:
            self.waits, self.job.result = None, end.value
            self.job.transaction = self.transaction
            self.job.log(self.transaction, "ok")


class Group:
    """What some jobs have to say to the database next."""

    def __init__(self, conn: Connection) -> None:
        self.rows: dict[Prepared, list[Values]] = {}
        self.ends: dict[Last, list[Row]] = {}
        self._conn = conn
        self._next: dict[Hashable, _Asked] = {}
        self._locks: dict[bool, set[bytes]] = {True: set(), False: set()}
        self._held: dict[bool, set[bytes]] = {True: set(), False: set()}

    def hold(self, ids: Sequence[bytes], *, shared: bool) -> None:
        """Take locks before the next questions: the shared ones once, then the others once.

        Raises:
            Alone: later than that, others who do the same could wait for this group, and it for
                them.
        """
        fresh = set(ids) - self._held[shared]
        if not fresh:
            return
        if self._held[False] or self._held[shared]:
            raise Alone
        self._locks[shared] |= fresh

    def ask(self, question: Question) -> _Asked:
        """Ask with the next questions; who asks the same shares the answer."""
        return self._next.setdefault(question.key(), _Asked(question))

    def send(self) -> None:
        """Ask all at once, and wait for the answers."""
        for shared in (True, False):
            if ids := self._locks[shared]:
                locks.hold(self._conn, ids, shared=shared)
                self._held[shared] |= ids
                self._locks[shared] = set()
        alike: dict[Prepared, list[_Asked]] = {}
        for one in self._next.values():
            alike.setdefault(one.question.statement, []).append(one)
        self._next = {}
        for some in alike.values():  # rows that are kept are kept in one order
            some.sort(key=lambda one: tuple(one.question.values.values()))
        sent = [
            (some, statement.of_many(self._conn, [one.question.values for one in some]))
            for statement, some in alike.items()
        ]
        for some, read in sent:
            for one, rows in zip(some, read(), strict=True):
                one.rows = rows

    def finish(self, tx: Transaction) -> None:
        """Write what all of them had to write."""
        for statement, rows in self.rows.items():
            statement.each(self._conn, rows)
        for act, found in self.ends.items():
            act(tx, found)


def run(
    conn: Connection, jobs: Sequence[Job[Any]], clock: Callable[[], float], sealer: Sealer
) -> list[Job[Any]]:
    """Run jobs in one transaction and commit it; those that are left out.

    Of those that are done each has its `transaction`. It stays after an error only if nobody knows
    whether all of it was committed (`unsure`).

    Raises:
        Alone: one was refused after it wrote something; nothing of the group happened.
        DBAPIError: the database refused something; the same.
    """
    committing = False
    pipelined.enter(conn)
    try:
        with conn.begin() as act:
            left = _begun(conn, jobs, clock, sealer)
            done = [job.transaction for job in jobs if job.transaction is not None]
            committing = True
            for transaction in done:
                transaction.unsure = True
            act.commit()
            for transaction in done:
                transaction.unsure = False
        return left
    except Exception as error:
        lost = isinstance(error, DBAPIError) and error.connection_invalidated
        if not (lost and committing):
            for job in jobs:
                job.transaction = None
        raise


def _begun(
    conn: Connection, jobs: Sequence[Job[Any]], clock: Callable[[], float], sealer: Sealer
) -> list[Job[Any]]:
    """All but the commit."""
    pipelined.run(conn, _PATIENCE, {})
    group, members = Group(conn), []
    for job in jobs:
        job.result = job.error = job.transaction = None
        tx = Transaction(conn=conn, now=clock(), sealer=sealer)
        tx.seat = member = _Member(group, job, tx)
        members.append(member)
    left = _together(group, members)
    done = [one.transaction for one in members if one.job.transaction is not None]
    if done:
        group.finish(done[0])
        accesslog.record(conn, sealer, *(access for one in done for access in one.accesses))
    return left


def _together(group: Group, members: list[_Member]) -> list[Job[Any]]:
    """Bring them forward step by step; those that are left out."""
    left: list[Job[Any]] = []
    while members:
        for one in members:
            try:
                one.go_on()
            except DBAPIError:
                raise
            except Exception as error:
                if one.wrote:
                    raise Alone from error
                left.append(one.job)
                one.waits = None
        members = [one for one in members if one.waits is not None]
        if members:
            group.send()
    return left
