"""Every record of `protocol`: what it consists of, samples of it, and its values as JSON."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from enum import Enum
from typing import Any

from msgspec import inspect

import protocol
from protocol.records import Record
from tests.support.entropy import Seeded


def kinds() -> dict[str, type[Record]]:
    """Every record class of `protocol` by its label."""
    for module in pkgutil.walk_packages(protocol.__path__, "protocol."):
        importlib.import_module(module.name)
    found = (k for k in _below(Record) if k.__module__.startswith("protocol."))
    return {label_of(kind): kind for kind in found}


def _below(kind: type[Record]) -> Iterator[type[Record]]:
    for sub in kind.__subclasses__():
        yield sub
        yield from _below(sub)


def label_of(kind: type[Record]) -> str:
    tag = kind.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def fields_of(kind: type[Record]) -> dict[str, inspect.Type]:
    """The fields after label and version, in their order."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    assert info.fields[0].name == "version"
    return {field.name: _bare(field.type) for field in info.fields[1:]}


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


# --- in words, as docs/protocol/11-records.md has them ------------------------------------------


def words_of(kind: inspect.Type) -> str:  # noqa: C901, PLR0911 - one case per type
    """A type as the page on records spells it."""
    match _bare(kind):
        case inspect.BytesType(min_length=low, max_length=high):
            return f"bytes {_span(low or 0, high)}"
        case inspect.StrType(min_length=low, max_length=high, pattern=pattern):
            return f"text {_span(low or 0, high)}" + (f" like {pattern}" if pattern else "")
        case inspect.IntType(ge=low, le=high):
            return f"int {_span(low, high)}"
        case inspect.BoolType():
            return "bool"
        case inspect.EnumType(cls=enum):
            return "one of " + ", ".join(str(member.value) for member in enum)
        case inspect.StructType(cls=record) if issubclass(record, Record):
            return f"record {label_of(record)}"
        case inspect.VarTupleType(item_type=item, max_length=high):
            return f"up to {high} of {words_of(item)}"
        case inspect.TupleType(item_types=items):
            return "array of " + " then ".join(map(words_of, items))
        case inspect.UnionType(types=types):
            some = [one for one in map(_bare, types) if not isinstance(one, inspect.NoneType)]
            empty = " or nil" if len(some) < len(types) else ""
            if len(some) == 1:
                return words_of(some[0]) + empty
            return "record " + ", ".join(words_of(one).removeprefix("record ") for one in some)
        case other:
            raise AssertionError(other)


def _span(low: int | None, high: int | None) -> str:
    assert low is not None
    assert high is not None
    return _number(low) if low == high else f"{_number(low)}..{_number(high)}"


def _number(value: int) -> str:
    exponent = value.bit_length() - 1
    if value >= 2**20 and value == 1 << exponent:
        return f"2^{exponent}"
    if value >= 2**20 and value + 1 == 1 << exponent + 1:
        return f"2^{exponent + 1}-1"
    return str(value)


# --- samples -------------------------------------------------------------------------------------


def samples(kind: type[Record]) -> Iterator[Record]:
    """The least a record can say, the most varied, and one for each record it can hold."""
    yield _sample(kind, Seeded(label_of(kind).encode()), 0)
    choices = max(
        [1, *(len(t.types) for t in fields_of(kind).values() if isinstance(t, inspect.UnionType))]
    )
    for choice in range(1, choices + 1):
        yield _sample(kind, Seeded(label_of(kind).encode() + bytes([choice])), choice)


def _sample(kind: type[Record], entropy: Seeded, choice: int) -> Record:
    values = {name: _value(t, entropy, choice) for name, t in fields_of(kind).items()}
    return kind(version=1, **values)


def _value(  # noqa: C901, PLR0911 - one case per type
    kind: inspect.Type, entropy: Seeded, choice: int
) -> Any:
    match _bare(kind):
        case inspect.BytesType(min_length=low, max_length=high):
            least, most = low or 0, high or 0
            return entropy.token(min(least + 300, most) if choice and least < most else least)
        case inspect.StrType(pattern=pattern) if pattern:
            return "2026-01-02"
        case inspect.StrType(min_length=low, max_length=high):
            return "Straße № 𝔸, 12"[: high or 0] if choice else "x" * (low or 0)
        case inspect.IntType(ge=low, le=high):
            return high if choice % 2 else min((low or 0) + 1000 * choice, high or 0)
        case inspect.BoolType():
            return bool(choice)
        case inspect.EnumType(cls=enum):
            return list(enum)[choice % len(enum)]
        case inspect.StructType(cls=record) if issubclass(record, Record):
            return _sample(record, entropy, choice)
        case inspect.VarTupleType(item_type=item):
            return tuple(_value(item, entropy, choice) for _ in range(2 if choice else 0))
        case inspect.TupleType(item_types=items):
            return tuple(_value(item, entropy, choice) for item in items)
        case inspect.UnionType(types=types):
            some = [one for one in map(_bare, types) if not isinstance(one, inspect.NoneType)]
            if not choice and len(some) < len(types):
                return None
            return _value(some[choice % len(some)], entropy, choice)
        case other:
            raise AssertionError(other)


def plain(value: object) -> Any:
    """A value as JSON: bytes as {"hex": ...}, a record as {"record": label, "fields": {...}}."""
    match value:
        case bytes():
            return {"hex": value.hex()}
        case Enum():
            return value.value
        case Record():
            names = value.__struct_fields__[1:]
            fields = {name: plain(getattr(value, name)) for name in names}
            return {"record": label_of(type(value)), "fields": fields}
        case tuple():
            return [plain(item) for item in value]
        case _:
            return value


def as_page(kind: type[Record]) -> list[str]:
    """The lines of the page on records for one record."""
    rows = [f"        {name:<14} {words_of(t)}" for name, t in fields_of(kind).items()]
    return [f"    {label_of(kind)}", *rows]
