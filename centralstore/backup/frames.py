"""What stands inside a backup: frames, each a length and one MessagePack record.

Order: Head, Content…, (Table, Rows…)…, (Part, Data…)…, End. Every length is bounded before
anything is allocated. Spec: docs/protocol/73-backup.md §3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from protocol.errors import MalformedError

VERSION: Final = 1
MAX_FRAME_BYTES: Final = 16 * 1024 * 1024
DATA_BYTES: Final = 1024 * 1024
_LENGTH: Final = struct.Struct(">I")

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
_Column = Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,60}$")]


class _Frame(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag_field="k"):
    """Base of all frames."""


class Head(_Frame, frozen=True, kw_only=True, tag="head"):
    """Of which store, made when, with which schema."""

    version: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    created_at: _Count
    schema: _Name
    address: _Name
    certificate: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class Content(_Frame, frozen=True, kw_only=True, tag="file"):
    """A small file of the data folder: settings and keys."""

    name: Annotated[str, msgspec.Meta(pattern=r"^(keys/)?[a-z]+\.(json|toml|key|crt)$")]
    data: Annotated[bytes, msgspec.Meta(max_length=64 * 1024)]


class Table(_Frame, frozen=True, kw_only=True, tag="table"):
    """A table begins: its columns, in the order of the rows."""

    name: _Column
    columns: Annotated[tuple[_Column, ...], msgspec.Meta(min_length=1, max_length=100)]


class Rows(_Frame, frozen=True, kw_only=True, tag="rows"):
    """Rows of the table before: bytes, whole numbers, texts, truths and nothings."""

    rows: Annotated[tuple[tuple[Any, ...], ...], msgspec.Meta(max_length=1000)]


class Part(_Frame, frozen=True, kw_only=True, tag="part"):
    """The bytes of one sealed part follow."""

    space: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    file: Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
    number: _Count
    size: _Count


class Data(_Frame, frozen=True, kw_only=True, tag="data"):
    """Bytes of the part before."""

    data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=DATA_BYTES)]


class End(_Frame, frozen=True, kw_only=True, tag="end"):
    """That was all; `gone` parts were erased while the backup was made."""

    rows: _Count
    parts: _Count
    bytes: _Count
    gone: _Count


Frame: TypeAlias = Head | Content | Table | Rows | Part | Data | End
_DECODER: Final = msgspec.msgpack.Decoder(Frame)


def write(sink: Callable[[bytes], object], frame: Frame) -> None:
    """Write one frame."""
    encoded = msgspec.msgpack.encode(frame)
    sink(_LENGTH.pack(len(encoded)) + encoded)


def read(source: Callable[[int], bytes]) -> Iterator[Frame]:
    """All frames up to End.

    Raises:
        MalformedError: a frame that is none, one too long, or an end without End.
    """
    while True:
        length = source(_LENGTH.size)
        if len(length) != _LENGTH.size:
            raise MalformedError("The backup ends in the middle.")
        size = _LENGTH.unpack(length)[0]
        if size > MAX_FRAME_BYTES:
            raise MalformedError("A frame of the backup is too long.")
        try:
            frame: Any = _DECODER.decode(source(size))
        except msgspec.DecodeError as error:
            raise MalformedError("A frame of the backup is none.") from error
        if isinstance(frame, Rows):
            _check_values(frame)
        yield frame
        if isinstance(frame, End):
            return


def _check_values(frame: Rows) -> None:
    kinds = (bytes, int, str, type(None))
    if not all(isinstance(value, kinds) for row in frame.rows for value in row):
        raise MalformedError("A row of the backup holds what no column holds.")
