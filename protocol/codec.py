"""One codec for every record: strict MessagePack arrays, one spelling per value.

Decoding checks the length before anything is allocated, decodes strictly, encodes again and
demands the same bytes: msgspec refuses trailing bytes, the comparison refuses every other second
spelling. Spec: docs/protocol/10-encoding.md.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from protocol.errors import LimitExceededError, MalformedError
from protocol.limits import MAX_RECORD_BYTES
from protocol.records import Record

R = TypeVar("R", bound=Record)


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
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise MalformedError(f"Not a valid {kind.__name__}.") from error
    if msgspec.msgpack.encode(record) != data:
        raise MalformedError(f"A {kind.__name__} in a spelling that is not its own.")
    return record
