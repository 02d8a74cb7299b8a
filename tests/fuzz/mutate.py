"""Changes to one thing: a field of a record or message, or some bytes of anything.

A valid record with one field changed reaches the checks behind the decoder; random bytes do not.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec


class Form(Enum):
    """How the bytes of a target are made, so that they can be changed as what they are."""

    RECORD = "record"
    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    REQUEST = "request"  # a head of two lines, then a JSON body


_NUMBERS = (-(2**63), -1, 0, 1, 127, 128, 2**31, 2**32 - 1, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1)
_SIZES = (0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 72, 255, 256, 1184, 3309, 4097, 33_000)
_WORDS = (
    "",
    "\x00",
    "\u202e",
    "\ud800",
    "..",
    "/",
    "a" * 300,
    "2026-02-30",
    "é" * 9_000,
    "e\u0301",
)
_HEADS = (
    b"\xc0", b"\xc1", b"\xc4\xff", b"\xc6\xff\xff\xff\xff", b"\xcf" + b"\xff" * 8, b"\xcb\x7f\xf8",
    b"\xd9\xff", b"\xdb\xff\xff\xff\xff", b"\xdc\xff\xff", b"\xdd\xff\xff\xff\xff",
    b"\xdf\xff\xff\xff\xff", b"\xcc\x01", b"\xcd\x00\x01", b"\xd0\x01", b"\xd3" + b"\x00" * 8,
)  # fmt: skip
"""Beginnings of MessagePack values: claims of length, and numbers in a longer spelling."""
_PIECES = (
    b"\x00", b"\xff" * 4, b"\xed\xa0\x80", b"[" * 2_000, b"{", b'"', b"\r\n\r\n", b"\n\n", b"\r",
    b"data: {}", b"event: wake\n", b"1e999", b"9" * 400, b"\\ud800", b"Content-Length: 99999999999",
)  # fmt: skip
_DEEP = 3_000


def mutate(data: bytes, form: Form, rng: random.Random, limit: int) -> bytes:
    """`data` with one to three changes, at most `limit` bytes."""
    if form is Form.REQUEST:
        head, _, body = data.partition(b"\n")
        query, _, body = body.partition(b"\n")
        if rng.random() < 0.3:
            return _bytes(head + b"\n" + query, rng)[:limit] + b"\n" + body
        return head + b"\n" + query + b"\n" + mutate(body, Form.JSON, rng, limit)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        changed = None
        if form in {Form.RECORD, Form.JSON} and rng.random() < 0.75:
            changed = _field(data, form, rng)
        data = _bytes(data, rng) if changed is None else changed
    return data[:limit]


def _field(data: bytes, form: Form, rng: random.Random) -> bytes | None:
    """One field exchanged, dropped, doubled or nested; None where `data` cannot be read."""
    try:
        tree = [msgspec.msgpack.decode(data) if form is Form.RECORD else msgspec.json.decode(data)]
        place, key = rng.choice(list(_places(tree)))
        _change(place, key, rng)
        if not tree:
            return b""
        if form is Form.RECORD:
            return msgspec.msgpack.encode(tree[0])
        return json.dumps(tree[0], default=bytes.hex).encode(errors="surrogatepass")
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
        return None


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a tree as (container, key)."""
    keys: Any = range(len(tree)) if isinstance(tree, list) else list(tree)
    for key in keys:
        yield tree, key
        if isinstance(tree[key], list | dict) and tree[key]:
            yield from _places(tree[key])


def _change(place: Any, key: Any, rng: random.Random) -> None:
    match rng.randrange(6):
        case 0 if isinstance(place, list):
            place.insert(key, place[key])
        case 1:
            del place[key]
        case 2:
            place[key] = [place[key]] * rng.choice((1, 2, 70, 300))
        case 3:
            place[key] = _like(place[key], rng)
        case 4 if len(place) > 1:
            other = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
            place[key], place[other] = place[other], place[key]
        case _:
            place[key] = rng.choice((None, True, 1.5, "", b"", [], {}, {"x": 1}, *_NUMBERS))


def _like(value: Any, rng: random.Random) -> Any:
    """Another value of the same type: a number at an edge, bytes of another length, other words."""
    match value:
        case bool():
            return not value
        case int():
            return rng.choice((*_NUMBERS, value + 1, value - 1))
        case bytes():
            size = rng.choice((*_SIZES, len(value)))
            return rng.choice((bytes(size), b"\xff" * size, rng.randbytes(size)))
        case str():
            word = rng.choice(_WORDS)
            return rng.choice((word, value + word, value[:-1], value.upper()))
        case _:
            return rng.choice(_NUMBERS)


def _bytes(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    to = min(len(data), at + rng.choice((1, 2, 4, 16, 64)))
    match rng.randrange(8):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[to:]
        case 2:
            return data[:at] + rng.choice(_HEADS) + data[to:]
        case 3:
            return data[:at] + rng.choice(_PIECES) + data[at:]
        case 4:
            return data[:to] + data[at:]
        case 5:
            return data[:at] + rng.randbytes(to - at) + data[to:]
        case 6:
            return data + rng.choice((b"\x00", data, b"\xc0", b" ", rng.choice(_PIECES)))
        case _:
            turned = bytes(byte ^ 1 << rng.randrange(8) for byte in data[at : at + 1])
            return data[:at] + turned + data[at + 1 :]
