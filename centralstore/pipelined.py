"""Statements on PostgreSQL: compiled once, given to psycopg as they are, and not waited for singly.

There a message's cost is its round trips: each is two switches between processes and a wait for the
interpreter. In psycopg's pipeline a statement whose rows nobody reads leaves with the next one
whose rows somebody does, or with the commit; what the server refuses is raised there. A question
whose answer is needed only later is sent `ahead`, with the one before it. Many rows are one
statement (`unnest`), and a list is one value (`ANY`), so that each statement has one text and one
plan. A statement of SQLAlchemy's ends the pipeline of its transaction: it waits for each.
Spec: docs/protocol/70-store.md §9, docs/adr/0039.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import psycopg
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from sqlalchemy import Connection, Engine, Insert, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from centralstore import line
from centralstore.line import Patient

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_LIST: Final = re.compile(r"IN \(__\[POSTCOMPILE_(\w+)\]\)")
_VALUE: Final = re.compile(r"%\((\w+)\)[bs](?:::\w+)?")
_LENGTH: Final = re.compile(r"\(\d+\)")
_PIPELINE: Final = "jitstore-pipeline"
_AHEAD: Final = "jitstore-ahead"
_STATEMENTS: Final = 300
"""So many plans a connection keeps; psycopg's own 100 is little more than there are."""

# psycopg tells of a pipeline whose line was lost, with host and database; nobody has to read that.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

Make = Callable[[Sequence[Any]], Any] | None


def prepare(engine: Engine) -> None:
    """Let connections of an engine keep plans, and leave a pipeline where SQLAlchemy comes."""

    @event.listens_for(engine, "connect")
    def _connected(driver: Any, _record: object) -> None:
        # One type for whole numbers, whatever their size: else each size has a plan of its own.
        for dumper in (Int8Dumper, Int8BinaryDumper):
            driver.adapters.register_dumper(int, dumper)
        driver.prepared_max = _STATEMENTS

    @event.listens_for(engine, "before_cursor_execute")
    def _before(conn: Connection, *_: object) -> None:
        leave(conn)

    @event.listens_for(engine, "commit")
    def _committing(conn: Connection) -> None:
        try:
            line.commit(_driver(conn))
        except psycopg.Error as error:
            raise _translated(conn, error, "") from error


def enter(conn: Connection) -> None:
    """Begin a pipeline, before a transaction."""
    conn.info[_AHEAD] = {}
    if _PIPELINE not in conn.info:
        with ExitStack() as ends:
            pipeline = ends.enter_context(_driver(conn).pipeline())
            conn.info[_PIPELINE] = pipeline, ends.pop_all()


def leave(conn: Connection) -> None:
    """Wait for what was sent, and end the pipeline.

    Raises:
        DBAPIError: the server refused something of it.
    """
    _, ends = conn.info.pop(_PIPELINE, (None, None))
    if ends is not None:
        try:
            ends.close()
        except psycopg.Error as error:
            raise _translated(conn, error, "") from error


def take_back(conn: Connection) -> bool:
    """End a transaction that failed; whether the connection can go on.

    SQLAlchemy takes a failed commit for the end, and the server waits for a rollback. Inside the
    pipeline a rollback first raises what the server refused before it and is then never sent, so
    the pipeline ends first.
    """
    for step in (conn.rollback, partial(leave, conn)):
        if conn.invalidated:  # whatever is asked of it now would connect anew
            return False
        with suppress(DBAPIError):
            step()
    if conn.invalidated:
        return False
    driver = _driver(conn)
    with suppress(psycopg.Error):
        driver.rollback()
    return line.idle(driver)


def run(conn: Connection, sql: str, values: Mapping[str, Any]) -> Patient:
    """Execute one statement; its cursor.

    Raises:
        DBAPIError: the server refused it, or one before.
    """
    try:
        return Patient(_driver(conn)).execute(sql, values, prepare=True)
    except psycopg.Error as error:
        raise _translated(conn, error, sql) from error


def once(conn: Connection, sql: str, values: Mapping[str, Any], what: object) -> None:
    """Execute a statement whose rows nobody reads, if this transaction has not done `what` yet."""
    done = conn.info[_AHEAD] if _PIPELINE in conn.info else {}
    if what not in done:
        done[what] = run(conn, sql, values)


@dataclass(frozen=True, slots=True)
class Form:
    """A statement as PostgreSQL gets it, the values that it always has, and how a row is made."""

    sql: str
    fixed: dict[str, Any]
    lists: tuple[str, ...] = ()
    make: Make = None

    def rows(self, conn: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Every row."""
        cursor = conn.info.get(_AHEAD, {}).pop(self._asked(values), None)
        if cursor is None:
            cursor = self.do(conn, values)
        return self.read(conn, cursor)

    def read(self, conn: Connection, cursor: Patient) -> Sequence[Any]:
        """Wait for the rows of an execution of it."""
        try:
            cursor.send()
            found: Sequence[Any] = cursor.fetchall()
        except psycopg.Error as error:
            raise _translated(conn, error, self.sql) from error
        return found if self.make is None else [self.make(row) for row in found]

    def of_many(
        self, conn: Connection, values: Sequence[Mapping[str, Any]]
    ) -> Callable[[], Sequence[Sequence[Any]]]:
        """Execute what `of_many` compiled; what is returned waits for the rows of each."""
        cursor = self.do(conn, turned(values))

        def read() -> Sequence[Sequence[Any]]:
            found: list[list[Any]] = [[] for _ in values]
            make = self.make or tuple
            for number, *row in Form(self.sql, self.fixed).read(conn, cursor):
                found[number - 1].append(make(row))
            return found

        return read

    def ahead(self, conn: Connection, values: Mapping[str, Any]) -> None:
        """Send a question of this transaction before its answer is needed, with what comes next."""
        if _PIPELINE in conn.info:
            conn.info[_AHEAD][self._asked(values)] = self.do(conn, values)

    def _asked(self, values: Mapping[str, Any]) -> object:
        """This question, with these values; one with lists is none."""
        return () if self.lists else (id(self), *values.items())

    def do(self, conn: Connection, values: Mapping[str, Any]) -> Patient:
        """Execute it; nobody waits for that here."""
        if not all(values[name] for name in self.lists):
            raise ValueError("an empty list")
        return run(conn, self.sql, {**self.fixed, **values})


def form_of(clause: Any, values: Mapping[str, Any], make: Make) -> Form:
    """Compile a statement; `values` names what an insertion sets.

    Raises:
        KeyError: a value that it needs is missing.
    """
    columns = list(values) if isinstance(clause, Insert) else None
    # Without `inline` an insertion would ask back for the key that the server makes.
    plain = clause.inline() if isinstance(clause, Insert) else clause
    compiled = plain.compile(dialect=_DIALECT, column_keys=columns)
    lists = tuple(_LIST.findall(compiled.string))
    sql = _LIST.sub(r"= ANY(%(\1)b)", compiled.string)
    used = dict.fromkeys(_VALUE.findall(sql))
    if missing := [n for n in used if n not in values and compiled.binds[n].required]:
        raise KeyError(*missing)
    fixed = {name: compiled.binds[name].value for name in used if name not in values}
    return Form(sql, fixed, lists, make)


def many_of(clause: Any, values: Mapping[str, Any]) -> Form:
    """Compile an insertion, or an update by key, for any number of rows at once: one array each."""
    columns = list(values) if isinstance(clause, Insert) else None
    plain = clause.inline() if isinstance(clause, Insert) else clause
    compiled = plain.compile(dialect=_DIALECT, column_keys=columns)
    types = {
        name: _LENGTH.sub("", compiled.binds[name].type.compile(dialect=_DIALECT))
        for name in dict.fromkeys(_VALUE.findall(compiled.string))
    }
    arrays = ", ".join(f"%({name})b::{kind}[]" for name, kind in types.items())
    names = ", ".join(f'"{name}"' for name in types)
    rows = f"FROM unnest({arrays}) AS many({names})"
    sql = _VALUE.sub(r'many."\1"', compiled.string)
    if isinstance(clause, Insert):
        head, _, given = sql.partition(" VALUES (")
        sql = f"{head} SELECT {given.removesuffix(')')} {rows}"
    else:
        head, _, where = sql.partition(" WHERE ")
        sql = f"{head} {rows} WHERE {where}"
    return Form(sql, {})


def of_many(clause: Any, values: Mapping[str, Any], make: Make) -> Form:
    """Compile a question without lists for any number of values at once: one array each.

    Before each row stands the number of its values, from 1; the rows of each are in their order.
    """
    alone = form_of(clause, values, None)
    binds = clause.compile(dialect=_DIALECT).binds
    types = {
        name: _LENGTH.sub("", binds[name].type.compile(dialect=_DIALECT))
        for name in dict.fromkeys(_VALUE.findall(alone.sql))
        if name in values
    }
    arrays = ", ".join(f"%({name})b::{kind}[]" for name, kind in types.items())
    names = ", ".join(f'"{name}"' for name in types)
    inside = _VALUE.sub(lambda f: f'many."{f[1]}"' if f[1] in types else f[0], alone.sql)
    rows = f'unnest({arrays}) WITH ORDINALITY AS many({names}, "number")'
    return Form(
        f'SELECT many."number", one.* FROM {rows}, LATERAL ({inside}) AS one',  # noqa: S608
        alone.fixed,
        make=make,
    )


def turned(values: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Rows by name as columns by name."""
    return {name: [one[name] for one in values] for name in values[0]}


def _driver(conn: Connection) -> Any:
    return conn.connection.driver_connection


def _translated(conn: Connection, error: psycopg.Error, sql: str) -> DBAPIError:
    """SQLAlchemy's error for the driver's; a connection that is lost is given up, as it does."""
    driver = _driver(conn)
    pipeline, _ = conn.info.get(_PIPELINE, (None, None))
    if pipeline is not None:
        # What was sent behind it is answered too: else the rollback would get these answers.
        with suppress(psycopg.Error):
            pipeline.sync()
    lost = bool(driver.closed or driver.broken)
    found = DBAPIError.instance(
        sql,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=_DIALECT,
    )
    if lost:
        conn.info.pop(_PIPELINE, None)
        conn.invalidate(error)
    if not isinstance(found, DBAPIError):
        raise TypeError("not an error of the driver")
    return found
