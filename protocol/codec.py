"""One codec for whatever comes from outside: records (MessagePack) and HTTP messages (JSON).

Decoding checks the length before anything is allocated; every field has a bound of its own, checked
before its elements are read. Records are encoded again and must give the same bytes: msgspec
refuses trailing bytes, the comparison refuses every other second spelling. The few fixed binary
layouts (envelope, key message, INIT, ratchet header, vault) are read where they are defined.
Spec: docs/protocol/10-encoding.md §2.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from protocol.errors import LimitExceededError, MalformedError
from protocol.limits import MAX_JSON_BYTES, MAX_RECORD_BYTES
from protocol.records import Record

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=msgspec.Struct)

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError)


def encode(record: Record) -> bytes:
    """Encode a record as a MessagePack array: type label, version, fields."""
    return msgspec.msgpack.encode(record)


def decode(kind: type[R], data: bytes, *, limit: int = MAX_RECORD_BYTES) -> R:
    """Decode one record of `kind` from at most `limit` bytes.

    Raises:
        LimitExceededError: `data` is longer than `limit`.
        MalformedError: wrong label, field, type, length or spelling.
    """
    if len(data) > limit:
        raise LimitExceededError(f"A {kind.__name__} of {len(data)} bytes exceeds {limit}.")
    try:
        record = msgspec.msgpack.decode(data, type=kind)
    except _UNREADABLE as error:
        raise MalformedError(f"Not a valid {kind.__name__}.") from error
    if msgspec.msgpack.encode(record) != data:
        raise MalformedError(f"A {kind.__name__} in a spelling that is not its own.")
    return record


def encode_json(message: msgspec.Struct) -> bytes:
    """Encode an HTTP message as JSON, bytes in it as base64."""
    return msgspec.json.encode(message)


def decode_json(kind: type[M], data: bytes, *, limit: int = MAX_JSON_BYTES) -> M:
    """Decode one HTTP message of `kind` from at most `limit` bytes of JSON.

    Nothing is signed or hashed over JSON, so a second spelling does no harm and is accepted.

    Raises:
        LimitExceededError: `data` is longer than `limit`.
        MalformedError: not JSON of that shape. The sentence says of what, never what stood there.
    """
    if len(data) > limit:
        raise LimitExceededError(f"A {kind.__name__} of {len(data)} bytes exceeds {limit}.")
    try:
        return msgspec.json.decode(data, type=kind)
    except _UNREADABLE as error:
        raise MalformedError(f"Not a valid {kind.__name__}.") from error
