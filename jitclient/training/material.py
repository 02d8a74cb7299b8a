"""Files of the made-up case, made at the moment they are needed: no file of anybody is shipped."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from jitclient.training import cast

PRACTICE: Final = "practice-file.txt"
WIDE: Final = 640
HIGH: Final = 400
_RUST, _STEEL, _SEAL = (156, 74, 48), (92, 98, 104), (214, 178, 40)
Dot = tuple[int, int, int]


def make(folder: Path, name: str) -> Path:
    """Write one of the files; returns its path."""
    path = folder / name
    path.write_bytes(_MAKERS[name]())
    return path


def practice_file(folder: Path) -> Path:
    """A file that the trainee can hand over."""
    path = folder / PRACTICE
    path.write_text(
        "A file to practise with. It was made by the training and says nothing.\n" * 40,
        encoding="utf-8",
    )
    return path


def _photo() -> bytes:
    def dot(x: int, y: int) -> Dot:
        if 300 <= x < 340 and 180 <= y < 230:
            return _SEAL
        return _STEEL if x % 80 < 6 or abs(x - WIDE // 2) < 4 or y < 20 else _RUST

    return _png(dot)


def _scan() -> bytes:
    def dot(x: int, y: int) -> Dot:
        boat = 160 <= y < 240 and (x - y // 2) % 96 < 40
        shade = 70 if boat else 200 - (x * y) % 37
        return shade, shade, min(255, shade + 24)

    return _png(dot)


def _png(dot: Callable[[int, int], Dot]) -> bytes:
    """A picture of `WIDE` x `HIGH` dots, 8 bits of red, green and blue each."""
    rows = b"".join(
        b"\0" + bytes(part for x in range(WIDE) for part in dot(x, y)) for y in range(HIGH)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def _list() -> bytes:
    lines = ["date,container,declared,weight_kg,remark"]
    for day in range(1, 41):
        odd = "weighed twice, differs" if day % 13 == 0 else ""
        lines.append(f"2026-0{1 + day % 3}-{1 + day % 28:02},TRNU {day:06}-{day % 10},bananas,"
                     f"{18_000 + 7 * day},{odd}")  # fmt: skip
    return ("\n".join(lines) + "\n").encode()


def _note() -> bytes:
    return (
        b"TRAINING - MADE UP\n\nNote of an interview that never took place.\n\n"
        b"The person asked not to be named, which is easy: the person does not exist.\n"
        b"Asked about the bananas, the person said that they were paper boats.\n"
    )


_MAKERS: Final[dict[str, Callable[[], bytes]]] = {
    cast.PHOTO.file: _photo,
    cast.LIST.file: _list,
    cast.NOTE.file: _note,
    cast.SCAN: _scan,
}
