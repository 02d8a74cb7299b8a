"""What passes between the client and the viewing process: small frames of fixed layout.

    frame = kind 1 | length 4 | body            integers big-endian

To the process: OPEN (size 8, encoding 1), DATA (bytes asked for), GET (page 4, width 4, height 4).
From it: READY (walls 1), NEED (offset 8, length 4), SHOWN (kind 1, encoding 1, cut 1, pages 4),
PAGE (page 4, width 4, height 4, pixels 3 a point), CANNOT (reason 1).

The process is taken for hostile: every length is compared with what its kind may have before a
byte of the body is read, and a page with its own width and height before memory is taken for it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import BinaryIO, Final

MAX_DATA_BYTES: Final = 1024 * 1024
"""Bytes of the exhibit in one frame."""
MAX_SIDE: Final = 16_384
"""Points along one side of a page."""
MAX_POINTS: Final = 12_000_000
"""Points of a page: 36 MB of pixels."""
MAX_PAGES: Final = 1_000_000
POINT_BYTES: Final = 3

_HEAD: Final = struct.Struct(">BI")
_OPEN: Final = struct.Struct(">QB")
_GET: Final = struct.Struct(">III")
_NEED: Final = struct.Struct(">QI")
_SHOWN: Final = struct.Struct(">BBBI")
_PAGE: Final = struct.Struct(">III")
_BYTE: Final = struct.Struct(">B")


class WireError(Exception):
    """A frame does not follow the format; what sent it is ended."""


class Frame(IntEnum):
    """What a frame is."""

    OPEN = 1
    DATA = 2
    GET = 3
    READY = 16
    NEED = 17
    SHOWN = 18
    PAGE = 19
    CANNOT = 20


class Kind(IntEnum):
    """What an exhibit is, by its content."""

    TEXT = 1
    PDF = 2
    PNG = 3
    JPEG = 4
    GIF = 5
    WEBP = 6
    BMP = 7
    TIFF = 8


class Encoding(IntEnum):
    """How bytes are read as text; `OWN` lets the content decide."""

    OWN = 0
    UTF8 = 1
    UTF16_LE = 2
    UTF16_BE = 3
    WINDOWS_1250 = 4
    WINDOWS_1251 = 5
    WINDOWS_1252 = 6
    WINDOWS_1253 = 7
    WINDOWS_1257 = 8


class Reason(IntEnum):
    """Why an exhibit or a page cannot be shown."""

    TYPE = 1
    DAMAGED = 2
    TOO_LARGE = 3
    LOCKED = 4
    EMPTY = 5


class Walls(IntFlag):
    """What stands around the process before it is given a byte."""

    CALLS = 1
    FILES = 2
    NAMESPACES = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """An exhibit that was opened. `cut`: only its beginning is shown."""

    kind: Kind
    encoding: Encoding
    cut: bool
    pages: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """A page, or a picture: `points` has three bytes (red, green, blue) for each, row by row."""

    page: int
    width: int
    height: int
    points: bytes


# --- the client's side: from the process, which is not trusted ----------------------------------

_LENGTHS: Final = {
    Frame.READY: (_BYTE.size, _BYTE.size),
    Frame.NEED: (_NEED.size, _NEED.size),
    Frame.SHOWN: (_SHOWN.size, _SHOWN.size),
    Frame.PAGE: (_PAGE.size + POINT_BYTES, _PAGE.size + POINT_BYTES * MAX_POINTS),
    Frame.CANNOT: (_BYTE.size, _BYTE.size),
}


def read_answer(
    stream: BinaryIO,
) -> tuple[Frame, Walls | tuple[int, int] | Shown | Pixels | Reason]:
    """The next frame of the process.

    Raises:
        EOFError: it ended.
        WireError: no frame of ours, or one beyond its limits.
    """
    head = _exactly(stream, _HEAD.size)
    number, length = _HEAD.unpack(head)
    try:
        frame = Frame(number)
        least, most = _LENGTHS[frame]
    except (ValueError, KeyError):
        raise WireError("a frame of no kind that the process may send") from None
    if not least <= length <= most:
        raise WireError("a frame longer or shorter than its kind allows")
    try:
        match frame:
            case Frame.PAGE:
                return frame, _page(stream, length)
            case Frame.NEED:
                return frame, _need(_exactly(stream, length))
            case Frame.SHOWN:
                return frame, _shown(_exactly(stream, length))
            case Frame.CANNOT:
                return frame, Reason(_exactly(stream, length)[0])
            case _:
                return frame, Walls(_exactly(stream, length)[0])
    except ValueError as error:
        raise WireError("a value that does not exist") from error


def _page(stream: BinaryIO, length: int) -> Pixels:
    page, width, height = _PAGE.unpack(_exactly(stream, _PAGE.size))
    if not (page < MAX_PAGES and 1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise WireError("a page beyond its limits")
    points = width * height * POINT_BYTES
    if points != length - _PAGE.size:
        raise WireError("a page that is not as large as it says")
    return Pixels(page, width, height, _exactly(stream, points))


def _need(body: bytes) -> tuple[int, int]:
    offset, length = _NEED.unpack(body)
    if not 1 <= length <= MAX_DATA_BYTES or offset >= 2**63:
        raise WireError("it asks for more than one frame can carry")
    return offset, length


def _shown(body: bytes) -> Shown:
    kind, encoding, cut, pages = _SHOWN.unpack(body)
    if cut > 1 or not 1 <= pages <= MAX_PAGES:
        raise WireError("a number of pages beyond its limits")
    return Shown(Kind(kind), Encoding(encoding), bool(cut), pages)


def open_exhibit(size: int, encoding: Encoding) -> bytes:
    """OPEN, the first frame the process is sent."""
    return _framed(Frame.OPEN, _OPEN.pack(size, encoding))


def data(content: bytes) -> bytes:
    """DATA, the answer to NEED: as many bytes as were asked for, fewer at the end."""
    return _framed(Frame.DATA, content)


def get(page: int, width: int, height: int) -> bytes:
    """GET, a page (from 0) made to fit into so many points."""
    return _framed(Frame.GET, _GET.pack(page, width, height))


# --- the process's side ------------------------------------------------------------------------


def read_question(stream: BinaryIO) -> tuple[Frame, bytes]:
    """The next frame of the client.

    Raises:
        EOFError: the client is gone.
    """
    number, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    return Frame(number), _exactly(stream, min(length, MAX_DATA_BYTES))


def opened(body: bytes) -> tuple[int, Encoding]:
    """Size and encoding out of OPEN."""
    size, encoding = _OPEN.unpack(body)
    return size, Encoding(encoding)


def asked(body: bytes) -> tuple[int, int, int]:
    """Page, width and height out of GET."""
    page, width, height = _GET.unpack(body)
    return page, width, height


def ready(walls: Walls) -> bytes:
    """READY, the first frame of the process: what stands around it."""
    return _framed(Frame.READY, _BYTE.pack(walls))


def need(offset: int, length: int) -> bytes:
    """NEED: bytes of the exhibit."""
    return _framed(Frame.NEED, _NEED.pack(offset, length))


def shown(one: Shown) -> bytes:
    """SHOWN, the answer to OPEN."""
    return _framed(Frame.SHOWN, _SHOWN.pack(one.kind, one.encoding, one.cut, one.pages))


def page(one: Pixels) -> bytes:
    """PAGE, the answer to GET."""
    return _framed(Frame.PAGE, _PAGE.pack(one.page, one.width, one.height) + one.points)


def cannot(reason: Reason) -> bytes:
    """CANNOT, the answer to OPEN or GET."""
    return _framed(Frame.CANNOT, _BYTE.pack(reason))


def _framed(frame: Frame, body: bytes) -> bytes:
    return _HEAD.pack(frame, len(body)) + body


def _exactly(stream: BinaryIO, length: int) -> bytes:
    """So many bytes; read in pieces, so that memory follows what arrived, not what was said."""
    pieces, left = [], length
    while left:
        piece = stream.read(min(left, MAX_DATA_BYTES))
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
