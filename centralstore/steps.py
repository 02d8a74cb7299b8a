"""Jobs that ask their questions one by one, so that the jobs of several requests can ask together.

Such a job is a generator: it yields a question and is given its rows. Alone it is answered at once
(`settled`); on PostgreSQL jobs that wait for the same thread share a transaction (grouping.py), and
then what they ask at the same time is one statement. What a job says of locks, of rows to write and
of what comes last goes through its `Transaction`, which knows whether others are there.
Spec: docs/protocol/70-store.md §9, docs/adr/0074.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection

from centralstore.prepared import Prepared, Row, Values

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A statement and its values."""

    statement: Prepared
    values: Values

    def key(self) -> Hashable:
        """The same for the same question; one with lists is like no other."""
        if self.statement.plain:
            return (self.statement, *self.values.values())
        return self


@dataclass(frozen=True, slots=True)
class Lane:
    """Jobs that may be done beside each other, at most so many in one transaction."""

    name: str
    most: int = 64


Steps: TypeAlias = Generator[Question, Sequence[Row], T]


class Alone(Exception):  # noqa: N818 - no error: the job is run again, by itself
    """What a job has to do now it cannot do beside others in one transaction."""


Last = Callable[[Any, Sequence[Row]], None]
"""What is done with rows that were found, for a `Transaction`."""


class Seat(Protocol):
    """The place of a job beside others that are run in the same transaction (grouping.py)."""

    def hold(self, ids: Sequence[bytes], *, shared: bool) -> None:
        """Take locks with those of the others."""

    def ahead(self, question: Question) -> None:
        """Ask already now."""

    def put(self, statement: Prepared, rows: Sequence[Values]) -> None:
        """Insert with what the others insert."""

    def last(self, act: Last, rows: Sequence[Row]) -> None:
        """Have it done for all at once."""


def settled(conn: Connection, steps: Steps[T]) -> T:
    """Bring a job to its end by itself."""
    try:
        asked = next(steps)
        while True:
            asked = steps.send(asked.statement.rows(conn, asked.values))
    except StopIteration as end:
        found: T = end.value
        return found


def first(rows: Sequence[Row]) -> Row | None:
    """The first row, if there is one."""
    return rows[0] if rows else None
