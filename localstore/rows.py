"""Column names come from record types, never from callers' strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlcipher3.dbapi2 import Connection

from protocol.errors import BugError, NotFoundError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


@cache
def names(record: type[DataclassInstance]) -> tuple[str, ...]:
    """The columns of a record, in order."""
    return tuple(field.name for field in fields(record))


def selection(record: type[DataclassInstance], rest: str) -> str:
    """`SELECT <the record's columns> <rest>`; `rest` begins with FROM."""
    return f"SELECT {', '.join(names(record))} {rest}"


def insertion(table: str, record: type[DataclassInstance], *, verb: str = "INSERT") -> str:
    """An INSERT of a whole record by named parameters."""
    columns = names(record)
    values = ", ".join(f":{column}" for column in columns)
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({values})"


def places(values: Sequence[object]) -> str:
    """What `IN` is followed by: a place for each value."""
    return f"({', '.join('?' * len(values))})"


def build(record: type[R], row: tuple[Any, ...]) -> R:
    """A record from a row of `selection`; SQLite's 0 and 1 become what the record calls bool."""
    columns = dict(zip(names(record), row, strict=True))
    for flag in _flags(record):
        columns[flag] = bool(columns[flag])
    return record(**columns)


@cache
def _flags(record: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.type in {"bool", bool})


def values(record: DataclassInstance) -> dict[str, Any]:
    """A record as named parameters; unlike `asdict` it copies nothing."""
    return {name: getattr(record, name) for name in names(type(record))}


def update(
    conn: Connection,
    table: str,
    record: type[DataclassInstance],
    key: bytes,
    columns: Mapping[str, object],
) -> None:
    """Set some columns of the row whose first column is `key`.

    Raises:
        BugError: a column that the record does not have, or its key.
        NotFoundError: no such row.
    """
    first, *changeable = names(record)
    if not columns or not set(columns) <= set(changeable):
        raise BugError(f"{table}: cannot set {sorted(set(columns) - set(changeable))}.")
    assignments = ", ".join(f"{column} = :{column}" for column in columns)
    sql = f"UPDATE {table} SET {assignments} WHERE {first} = :{first}"  # noqa: S608 - checked above
    if conn.execute(sql, {**columns, first: key}).rowcount != 1:
        raise NotFoundError(f"There is no such {table} on this device.")


def require_transaction(conn: Connection) -> None:
    """Refuse to begin a change of several statements outside a transaction.

    Raises:
        BugError: the caller forgot `with transaction(conn):`; a crash could leave half an act.
    """
    if not conn.in_transaction:
        raise BugError("This change belongs inside a transaction.")
