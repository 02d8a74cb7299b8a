"""Values of a statement as PostgreSQL reads them, without asking psycopg each time what they are.

psycopg looks up for every value of every execution which type it is to be, and fills arrays in
Python, element by element; of a post that was a fifth of the time in which the store held the
interpreter. Here it is asked once for each statement and kinds of values. What it decided is kept,
and used where this file knows to write such a value; all else goes through psycopg as before.
Spec: docs/protocol/70-store.md §9, docs/adr/0066.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import pq
from psycopg._queries import PostgresQuery

Kind = object
"""The type of a value; of a list, with the one type of all it holds."""

_MIXED: Final = ...
"""A list without elements, or with several kinds of them: psycopg says what it is."""
_INT8: Final = struct.Struct(">q")
_HEAD: Final = struct.Struct(">iiIii")
_LENGTH: Final = struct.Struct(">i")
_BOOL, _BYTEA, _INT8_OID, _TEXT = 16, 17, 20, 25


@dataclass(slots=True)
class Given:
    """A statement's text and values, as psycopg's cursor passes them on (its PostgresQuery)."""

    query: bytes
    params: Sequence[bytes | None]
    types: tuple[int, ...]
    formats: Sequence[pq.Format]


@dataclass(frozen=True, slots=True)
class _How:
    types: tuple[int, ...]
    formats: Sequence[pq.Format]
    writers: tuple[Callable[[Any], bytes | None], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    query: bytes
    order: tuple[str, ...]
    ways: dict[tuple[Kind, ...], _How | None] = field(default_factory=dict)


_KNOWN: Final[dict[str, _Known]] = {}
"""By the text of a statement: there are as many as the store has."""


def given(transformer: Any, sql: str, values: Mapping[str, Any]) -> Given | PostgresQuery:
    """The statement with its values.

    Raises:
        psycopg.Error: a value is missing, or none that the database has.
        OverflowError: a number of more than 64 bits.
    """
    known = _KNOWN.get(sql)
    kinds: tuple[Kind, ...] = (_MIXED,)
    if known is not None and known.order:
        try:
            listed = [values[name] for name in known.order]
            kinds = tuple([_kind(value) for value in listed])
            how = known.ways.get(kinds)
            if how is not None:
                params = [write(one) for write, one in zip(how.writers, listed, strict=True)]
                return Given(known.query, params, how.types, how.formats)
        except (KeyError, struct.error):
            kinds = (_MIXED,)  # psycopg words it
    converted = PostgresQuery(transformer)
    converted.convert(sql, values)
    if known is None:
        _KNOWN[sql] = _Known(converted.query, tuple(converted._order or ()))  # noqa: SLF001
    elif _MIXED not in kinds and kinds not in known.ways:
        known.ways[kinds] = _learnt(kinds, converted)
    return converted


def _kind(value: object) -> Kind:
    kind = type(value)
    if kind is not list:
        return kind
    inside = set(map(type, value))  # type: ignore[call-overload]
    return (list, *inside) if len(inside) == 1 else _MIXED


def _learnt(kinds: tuple[Kind, ...], converted: PostgresQuery) -> _How | None:
    """What psycopg made of them, if all of it can be written here."""
    types, formats = converted.types, converted.formats or ()
    writers = []
    for kind, oid, form in zip(kinds, types, formats, strict=True):
        write = _WRITERS.get((kind, oid))
        if write is None or (form != pq.Format.BINARY and kind is not type(None)):
            return None
        writers.append(write)
    return _How(types, tuple(formats), tuple(writers))


def _same(value: Any) -> Any:
    return value


def _array_of(oid: int, write: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """An array of one dimension that begins at 1 and holds no null."""

    def written(values: list[Any]) -> bytes:
        pieces = [_HEAD.pack(1, 0, oid, len(values), 1)]
        for value in values:
            one = write(value)
            pieces += (_LENGTH.pack(len(one)), one)
        return b"".join(pieces)

    return written


_WRITERS: Final[dict[tuple[Kind, int], Callable[[Any], Any]]] = {
    (type(None), 0): _same,
    (bool, _BOOL): lambda value: b"\1" if value else b"\0",
    (bytes, _BYTEA): _same,
    (int, _INT8_OID): _INT8.pack,
    (str, _TEXT): str.encode,
    ((list, bytes), 1001): _array_of(_BYTEA, _same),
    ((list, int), 1016): _array_of(_INT8_OID, _INT8.pack),
    ((list, str), 1009): _array_of(_TEXT, str.encode),
}
