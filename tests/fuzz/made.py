"""Valid values of any record or message, made from its type alone.

A new record or message is fuzzed as soon as it exists: nobody has to write a sample of it.
"""

from __future__ import annotations

import random
from typing import Any

import msgspec
from msgspec import inspect as shapes

from protocol.records import Record

_FEW = 3
_LONG = 40


def record(kind: type[Record], rng: random.Random) -> bytes:
    """A valid record of this kind, as it travels."""
    return msgspec.msgpack.encode(_value(shapes.type_info(kind), rng))


def message(kind: type[msgspec.Struct], rng: random.Random) -> bytes:
    """A valid HTTP message of this kind, as it travels."""
    return msgspec.json.encode(_value(shapes.type_info(kind), rng))


def _value(kind: Any, rng: random.Random) -> Any:
    match kind:
        case shapes.StructType():
            return _struct(kind, rng)
        case shapes.UnionType():
            return _value(rng.choice(kind.types), rng)
        case shapes.VarTupleType():
            least, most = kind.min_length or 0, kind.max_length or _FEW
            count = rng.randint(least, max(least, min(most, _FEW)))
            return [_value(kind.item_type, rng) for _ in range(count)]
        case shapes.TupleType():
            return [_value(item, rng) for item in kind.item_types]
        case shapes.NamedTupleType():
            return [_value(field.type, rng) for field in kind.fields]
        case _:
            return _leaf(kind, rng)


def _struct(kind: shapes.StructType, rng: random.Random) -> Any:
    if kind.array_like:
        return [kind.tag, *(_value(field.type, rng) for field in kind.fields)]
    return {
        field.encode_name: _value(field.type, rng)
        for field in kind.fields
        if field.required or rng.random() < 0.7
    }


def _leaf(kind: Any, rng: random.Random) -> Any:
    match kind:
        case shapes.IntType():
            low, high = kind.ge or 0, kind.le if kind.le is not None else 2**32
            return rng.choice((low, high, rng.randint(low, high), min(high, max(low, 200))))
        case shapes.StrType():
            if kind.pattern:
                return "2026-11-26"  # the one pattern there is: a date
            return _text(kind, rng)
        case shapes.BytesType():
            least = kind.min_length or 0
            return rng.randbytes(rng.randint(least, _most(kind, least)))
        case shapes.BoolType():
            return rng.random() < 0.5
        case shapes.EnumType():
            return rng.choice(list(kind.cls)).value
        case shapes.NoneType():
            return None
        case _:
            raise TypeError(f"no value for {kind}")


def _most(kind: Any, least: int) -> int:
    """Most values are short; a limit is met now and then, by `mutate`."""
    return max(least, min(kind.max_length or _LONG, _LONG))


def _text(kind: shapes.StrType, rng: random.Random) -> str:
    least = kind.min_length or 0
    count = rng.randint(least, _most(kind, least))
    return "".join(rng.choice("abc Zé中\u202e\n0-/.") for _ in range(count))
