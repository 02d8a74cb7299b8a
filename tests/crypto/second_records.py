"""Records a second time: MessagePack by hand, fields as docs/protocol/11-records.md has them.

Imports nothing of `protocol` or `crypto`. A value is JSON: bytes as {"hex": ...}, a record as
{"record": label, "fields": {...}}.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "11-records.md"
Layout = dict[str, str]


def layouts() -> dict[str, Layout]:
    """Label -> field -> type, from the page."""
    found: dict[str, Layout] = {}
    for line in PAGE.read_text().splitlines():
        if match := re.fullmatch(r" {4}([a-z-]+)", line):
            found[match[1]] = {}
        elif match := re.fullmatch(r" {8}(\w+) +(\S.*)", line):
            found[list(found)[-1]][match[1]] = match[2]
    return found


# --- MessagePack (10 §2: the shortest spelling of each value) -----------------------------------


def pack(value: Any) -> bytes:
    """One value."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, str):
        raw = value.encode()
        return _head(len(raw), (0xA0, 31), (0xD9, 0xDA, 0xDB)) + raw
    if isinstance(value, bytes):
        return _head(len(value), None, (0xC4, 0xC5, 0xC6)) + value
    items = b"".join(map(pack, value))
    return _head(len(value), (0x90, 15), (None, 0xDC, 0xDD)) + items


def _integer(value: int) -> bytes:
    if value < 128:
        return bytes([value])
    for mark, size in ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)):
        if value < 1 << 8 * size:
            return bytes([mark]) + value.to_bytes(size, "big")
    raise AssertionError(value)


def _head(length: int, short: tuple[int, int] | None, marks: tuple[int | None, int, int]) -> bytes:
    if short is not None and length <= short[1]:
        return bytes([short[0] | length])
    for mark, code, bound in zip(marks, "BHI", (2**8, 2**16, 2**32), strict=True):
        if mark is not None and length < bound:
            return bytes([mark]) + struct.pack(f">{code}", length)
    raise AssertionError(length)


def record(label: str, version: int, *values: Any) -> bytes:
    """The bytes of a record from its bare values."""
    return pack([label, version, *values])


# --- records by the page -------------------------------------------------------------------------


def encode(value: dict[str, Any]) -> bytes:
    """The bytes of a record given as JSON; raises where the page does not allow it."""
    return pack(_bare(value, layouts()))


def _bare(value: Any, known: dict[str, Layout]) -> Any:
    if isinstance(value, dict) and "hex" in value:
        return bytes.fromhex(value["hex"])
    if isinstance(value, dict):
        layout, fields = known[value["record"]], value["fields"]
        assert list(layout) == [*fields] or set(layout) == set(fields)
        for name, kind in layout.items():
            assert fits(kind, fields[name]), (value["record"], name, kind)
        return [value["record"], 1, *(_bare(fields[name], known) for name in layout)]
    if isinstance(value, list):
        return [_bare(item, known) for item in value]
    return value


def fits(kind: str, value: Any) -> bool:  # noqa: PLR0911 - one case per type
    """Whether a value is of a type as the page words it."""
    if kind.endswith(" or nil"):
        return value is None or fits(kind.removesuffix(" or nil"), value)
    word, _, rest = kind.partition(" ")
    if word == "bytes":
        return isinstance(value, dict) and _within(rest, len(value["hex"]) // 2)
    if word == "text":
        span, _, pattern = rest.partition(" like ")
        fine = isinstance(value, str) and _within(span, len(value))
        return fine and (not pattern or re.search(pattern, value) is not None or not value)
    if word == "int":
        return isinstance(value, int) and _within(rest, value)
    if word == "bool":
        return isinstance(value, bool)
    if word == "one":
        return value in rest.removeprefix("of ").split(", ")
    if word == "record":
        return isinstance(value, dict) and value["record"] in rest.split(", ")
    if match := re.fullmatch(r"up to (\d+) of (.+)", kind):
        return len(value) <= int(match[1]) and all(fits(match[2], item) for item in value)
    types = kind.removeprefix("array of ").split(" then ")
    return len(types) == len(value) and all(map(fits, types, value))


def _within(span: str, value: int) -> bool:
    low, _, high = span.partition("..")
    return _number(low) <= value <= _number(high or low)


def _number(text: str) -> int:
    match = re.fullmatch(r"(\d+)(?:\^(\d+))?(-1)?", text)
    assert match is not None
    power: int = int(match[1]) ** int(match[2] or 1)
    return power - (1 if match[3] else 0)


# --- reading -------------------------------------------------------------------------------------


def unpack(data: bytes) -> Any:
    """The bare value of some bytes, all of them."""
    value, rest = _read(data)
    assert rest == b""
    return value


def _read(data: bytes) -> tuple[Any, bytes]:
    mark, data = data[0], data[1:]
    if mark < 0x80:
        return mark, data
    if mark in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], data
    if mark in range(0xCC, 0xD0):
        size = 1 << mark - 0xCC
        return int.from_bytes(data[:size], "big"), data[size:]
    kind, size, length = _length(mark)
    if size:
        length, data = int.from_bytes(data[:size], "big"), data[size:]
    if kind != "array":
        raw = data[:length]
        return (raw if kind == "bytes" else raw.decode()), data[length:]
    items = []
    for _ in range(length):
        item, data = _read(data)
        items.append(item)
    return items, data


def _length(mark: int) -> tuple[str, int, int]:
    """What follows a mark: its kind, how many bytes of length, or the length itself."""
    if mark in range(0xA0, 0xC0):
        return "text", 0, mark & 31
    if mark in range(0x90, 0xA0):
        return "array", 0, mark & 15
    kinds = {0xC4: "bytes", 0xD9: "text", 0xDC: "array"}
    for first, kind in kinds.items():
        widths = (2, 4) if kind == "array" else (1, 2, 4)
        if mark - first in range(len(widths)):
            return kind, widths[mark - first], 0
    raise AssertionError(mark)


def decode(label: str, data: bytes) -> dict[str, Any]:
    """The fields of a record of this label, by the page; nested records stay arrays."""
    found = unpack(data)
    names = list(layouts()[label])
    assert found[:2] == [label, 1]
    assert len(found) == 2 + len(names)
    return dict(zip(names, found[2:], strict=True))
