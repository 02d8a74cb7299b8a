"""Statements of the busiest requests: compiled once, then given to the driver as they are.

SQLAlchemy works out anew for every execution what a statement looks like and what its rows are;
of a message that was more than the database's own work. Here it does so once for each statement
and, on SQLite, length of a list. On PostgreSQL, where the way to the server counts as well, what
nobody reads is not waited for (pipelined.py).
Spec: docs/protocol/70-store.md §9, docs/adr/0033.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlcipher3
from sqlalchemy import Boolean, Connection, Delete, Insert, Select, Update
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import DBAPIError

from centralstore import pipelined

Clause = Select[Any] | Insert | Update | Delete
Values = Mapping[str, Any]
Row = Any
"""A row with its columns as attributes, whichever database it came from."""

_LIST: Final = re.compile(r"\(__\[POSTCOMPILE_(\w+)\]\)")
_DIALECT: Final = SQLiteDialect(paramstyle="named")
_DRIVER: Final = sqlcipher3.dbapi2.Error


@dataclass(frozen=True, slots=True)
class _Plan:
    """SQL for lists of certain lengths, the values it always has, and how a row is made."""

    sql: str
    fixed: dict[str, Any]
    lists: tuple[str, ...]
    row: Callable[[Sequence[Any]], Row] | None


class Prepared:
    """One statement. Lists among its values (`IN`) are not empty."""

    def __init__(self, clause: Clause) -> None:
        self._clause = clause
        self._plans: dict[tuple[int, ...], _Plan] = {}
        self._lists: tuple[str, ...] | None = None
        self._form: pipelined.Form | None = None
        self._many: pipelined.Form | None = None
        self._of_many: pipelined.Form | None = None
        self.reads = isinstance(clause, Select)
        """Whether it only reads, or keeps rows from others."""
        self.plain = self.reads and "POSTCOMPILE" not in str(clause)
        """Whether it reads and has no lists."""

    def rows(self, conn: Connection, values: Values) -> Sequence[Row]:
        """Every row.

        Raises:
            DBAPIError: what the driver raised.
        """
        if conn.dialect.name != "sqlite":
            return self._formed(values).rows(conn, values)
        plan = self._plan(values)
        found = self._run(conn, plan, values).fetchall()
        return found if plan.row is None else [plan.row(row) for row in found]

    def one(self, conn: Connection, values: Values) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(conn, values)
        return found[0] if found else None

    def ahead(self, conn: Connection, values: Values) -> None:
        """Ask already now what this transaction will ask, with the same values and no lists.

        On PostgreSQL the answer then comes with that of the next question; SQLite waits for nobody.
        """
        if conn.dialect.name != "sqlite":
            self._formed(values).ahead(conn, values)

    def do(self, conn: Connection, values: Values) -> None:
        """Execute it for what it does."""
        if conn.dialect.name != "sqlite":
            self._formed(values).do(conn, values)
        else:
            self._run(conn, self._plan(values), values)

    def each(self, conn: Connection, values: Sequence[Values]) -> None:
        """Execute it once for each of several values, without lists; each is for another row."""
        if not values:
            return
        if conn.dialect.name != "sqlite":
            self._many = self._many or pipelined.many_of(self._clause, values[0])
            self._many.do(conn, pipelined.turned(values))
        else:
            plan = self._plan(values[0])
            full = [{**plan.fixed, **one} for one in values] if plan.fixed else values
            with _translated(plan):
                _driver(conn).executemany(plan.sql, full)

    def of_many(
        self, conn: Connection, values: Sequence[Values]
    ) -> Callable[[], Sequence[Sequence[Row]]]:
        """On PostgreSQL ask for each of several values; what is returned waits for the answers."""
        form = self._formed(values[0])
        if self.plain and len(values) > 1:
            self._of_many = self._of_many or pipelined.of_many(
                self._clause, values[0], _make_of(self._clause)
            )
            return self._of_many.of_many(conn, values)
        cursors = [form.do(conn, one) for one in values]
        return lambda: [form.read(conn, cursor) for cursor in cursors]

    def _formed(self, values: Values) -> pipelined.Form:
        if self._form is None:
            self._form = pipelined.form_of(self._clause, values, _make_of(self._clause))
        return self._form

    def _run(self, conn: Connection, plan: _Plan, values: Values) -> Any:
        full = {**plan.fixed, **values}
        for name in plan.lists:
            for number, value in enumerate(full.pop(name)):
                full[f"{name}_{number}"] = value
        with _translated(plan):
            return _driver(conn).execute(plan.sql, full)

    def _plan(self, values: Values) -> _Plan:
        shape = tuple(len(values[name]) for name in self._lists or ())
        known = self._plans.get(shape) if self._lists is not None else None
        return known or self._compile(values)

    def _compile(self, values: Values) -> _Plan:
        clause = self._clause
        columns = list(values) if isinstance(clause, Insert) else None
        compiled = clause.compile(dialect=_DIALECT, column_keys=columns)
        lists = tuple(dict.fromkeys(_LIST.findall(compiled.string)))
        sql = _LIST.sub(lambda found: _places(found[1], len(values[found[1]])), compiled.string)
        fixed = {name: bind.value for name, bind in compiled.binds.items() if name not in values}
        if missing := [name for name in fixed if compiled.binds[name].required]:
            raise KeyError(*missing)
        plan = _Plan(sql=sql, fixed=fixed, lists=lists, row=_row_of(clause))
        self._lists = lists
        self._plans[tuple(len(values[name]) for name in lists)] = plan
        return plan


class _translated:  # noqa: N801 - reads as a verb; a class because a generator costs more
    """SQLAlchemy's errors for the driver's, as everything above expects them."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _DRIVER):
            raise DBAPIError.instance(
                self._plan.sql, None, error, _DRIVER, hide_parameters=True, dialect=_DIALECT
            ) from error


def _driver(conn: Connection) -> Any:
    return conn.connection.driver_connection


def _places(name: str, count: int) -> str:
    if not count:
        raise ValueError("an empty list")
    return "(" + ", ".join(f":{name}_{number}" for number in range(count)) + ")"


def _make_of(clause: Clause) -> Callable[[Sequence[Any]], Row] | None:
    """Rows as the statement names its columns; None for one that gives none."""
    columns = list(clause.exported_columns)
    if not columns:
        return None
    kind: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]  # noqa: PYI024
    make: Callable[[Sequence[Any]], Row] = kind._make
    return make


def _row_of(clause: Clause) -> Callable[[Sequence[Any]], Row] | None:
    """The same of SQLite's rows, in which a flag is a number."""
    make = _make_of(clause)
    if make is None:
        return None
    columns = list(clause.exported_columns)
    flags = [at for at, column in enumerate(columns) if isinstance(column.type, Boolean)]
    if not flags:
        return make

    def with_flags(row: Sequence[Any]) -> Row:
        values = list(row)
        for at in flags:
            values[at] = bool(values[at])
        return make(values)

    return with_flags
