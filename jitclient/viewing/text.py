"""Text to pixels: decoded strictly, and nothing in it acts or hides.

Control and direction characters, bytes that are no text and letters that the font does not have
stand as marks, ‹U+202E› or ‹x9F›, in a colour of their own; the order is that of the file.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO, Final

from PIL import Image, ImageDraw, ImageFont

from jitclient.viewing.document import CannotError, fitted
from jitclient.viewing.wire import MAX_POINTS, MAX_SIDE, Encoding, Kind, Pixels, Reason

MAX_TEXT_BYTES: Final = 4 * 1024 * 1024
COLUMNS: Final = 100
ROWS: Final = 60
_TAB: Final = 8
_FONT: Final = 16
_INK, _MARK_INK, _PAPER = (22, 32, 44), (174, 35, 27), (255, 255, 255)

_CODECS: Final = {
    Encoding.UTF8: "utf-8",
    Encoding.UTF16_LE: "utf-16-le",
    Encoding.UTF16_BE: "utf-16-be",
    Encoding.WINDOWS_1250: "cp1250",
    Encoding.WINDOWS_1251: "cp1251",
    Encoding.WINDOWS_1252: "cp1252",
    Encoding.WINDOWS_1253: "cp1253",
    Encoding.WINDOWS_1257: "cp1257",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, Encoding.UTF8),
    (codecs.BOM_UTF16_LE, Encoding.UTF16_LE),
    (codecs.BOM_UTF16_BE, Encoding.UTF16_BE),
)
_BEGIN, _END = "\ue000", "\ue001"
_TOKEN: Final = re.compile(f"{_BEGIN}([^{_END}]*){_END}|([^{_BEGIN}]+)")
# Categories C and Z but for the space, as ranges: unicodedata is one more table to load.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u070f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\U000e0000-\U0010ffff]"
)
Row = tuple[tuple[str, bool], ...]

_loaded: dict[int, ImageFont.FreeTypeFont] = {}


def load(font: bytes) -> None:
    """Load codecs, and the font in every size, before the walls stand: no file afterwards."""
    import io  # noqa: PLC0415 - for this once

    for name in _CODECS.values():
        codecs.lookup(name)
    for size in range(8, 4 * _FONT + 1):
        _loaded[size] = ImageFont.truetype(
            io.BytesIO(font), size, layout_engine=ImageFont.Layout.BASIC
        )


class PlainText:
    """A text that was opened; of a long one, its beginning."""

    kind = Kind.TEXT

    def __init__(self, stream: BinaryIO, size: int, encoding: Encoding) -> None:
        self.cut = size > MAX_TEXT_BYTES
        content = stream.read(MAX_TEXT_BYTES)
        if not content:
            raise CannotError(Reason.EMPTY)
        self.encoding, text = decoded(content, encoding, cut=self.cut)
        self._rows = laid_out(text)
        self.pages = -(-len(self._rows) // ROWS)

    def page(self, number: int, width: int, height: int) -> Pixels:
        """Sixty rows of a hundred columns."""
        if number >= self.pages:
            raise CannotError(Reason.DAMAGED)
        size = _largest(width, height)
        font, (wide, high) = _loaded[size], _page_of(size)
        paper = Image.new("RGB", (wide, high), _PAPER)
        draw = ImageDraw.Draw(paper)
        cell, margin, line = font.getlength("M"), _margin(size), _line(size)
        for at, row in enumerate(self._rows[number * ROWS : (number + 1) * ROWS]):
            x, y = float(margin), margin + at * line
            for piece, marked in row:
                draw.text((x, y), piece, font=font, fill=_MARK_INK if marked else _INK)
                x += cell * len(piece)
        if wide > width or high > height:  # letters are drawn no smaller than they can be
            _, wide, high = fitted(paper.size, (width, height), 1.0)
            paper = paper.resize((wide, high), Image.Resampling.LANCZOS)
        return Pixels(number, wide, high, paper.tobytes())


def _largest(width: int, height: int) -> int:
    """The largest letters with which a page fits; the smallest there are where none does."""
    sizes = [size for size in _loaded if _fits(_page_of(size), width, height)]
    return max(sizes, default=min(_loaded))


def _fits(page: tuple[int, int], width: int, height: int) -> bool:
    most = page[0] * page[1] <= MAX_POINTS and max(page) <= MAX_SIDE
    return most and page[0] <= width and page[1] <= height


def _page_of(size: int) -> tuple[int, int]:
    """By what the letters really measure: a column that is drawn outside the page is lost."""
    wide = COLUMNS * _loaded[size].getlength("M") + 2 * _margin(size)
    return int(wide + 1), ROWS * _line(size) + 2 * _margin(size)


def _line(size: int) -> int:
    return round(size * 1.4)


def _margin(size: int) -> int:
    return 2 * size


def decoded(content: bytes, encoding: Encoding, *, cut: bool) -> tuple[Encoding, str]:
    """Read bytes as text: as told, or by the mark at the beginning, as UTF-8, as Windows-1252.

    Bytes that are none of it become lone surrogates, U+DC80 to U+DCFF, or U+FFFD in UTF-16.
    """
    for mark, marked in _MARKS:
        if content.startswith(mark) and encoding in (Encoding.OWN, marked):
            return marked, _read(content[len(mark) :], marked, cut=cut)
    if encoding is not Encoding.OWN:
        return encoding, _read(content, encoding, cut=cut)
    try:
        strict = codecs.getincrementaldecoder("utf-8")("strict")
        return Encoding.UTF8, strict.decode(content, final=not cut)
    except UnicodeDecodeError:
        return Encoding.WINDOWS_1252, _read(content, Encoding.WINDOWS_1252, cut=cut)


def _read(content: bytes, encoding: Encoding, *, cut: bool) -> str:
    wide = encoding in (Encoding.UTF16_LE, Encoding.UTF16_BE)
    how = "replace" if wide else "surrogateescape"
    return codecs.getincrementaldecoder(_CODECS[encoding])(how).decode(content, final=not cut)


def laid_out(text: str) -> list[Row]:
    """Rows of at most `COLUMNS`; each a sequence of pieces, marked or plain."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # the end of the last line begins none
    table = _table(set(text))
    rows: list[Row] = []
    for line in lines:
        spread = line.expandtabs(_TAB).translate(table) if table else line.expandtabs(_TAB)
        if _BEGIN in spread:
            rows += _wrapped(spread)
        else:
            rows += [((spread[at : at + COLUMNS], False),) for at in range(0, len(spread), COLUMNS)]
            rows += [] if spread else [()]
    return rows


def _table(letters: set[str]) -> dict[int, str]:
    """What stands for every letter that would not be seen as itself."""
    unseen = {one for one in letters if _HIDDEN.match(one)} - {"\n", "\t"}
    unseen |= {one for one in letters - unseen if one > "~" and not _has(one)}
    return {ord(one): f"{_BEGIN}‹{_named(ord(one))}›{_END}" for one in unseen}


def _named(point: int) -> str:
    return f"x{point - 0xDC00:02X}" if 0xDC80 <= point <= 0xDCFF else f"U+{point:04X}"


def _has(letter: str) -> bool:
    font = _loaded[_FONT]
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def _wrapped(line: str) -> list[Row]:
    """A line with marks in rows; a mark is never cut."""
    rows: list[list[tuple[str, bool]]] = [[]]
    room = COLUMNS
    for found in _TOKEN.finditer(line):
        mark, plain = found.groups()
        if mark is not None:
            if len(mark) > room:
                rows.append([])
                room = COLUMNS
            rows[-1].append((mark, True))
            room -= len(mark)
            continue
        while plain:
            if room == 0:
                rows.append([])
                room = COLUMNS
            rows[-1].append((plain[:room], False))
            room, plain = room - len(plain[:room]), plain[room:]
    return [tuple(row) for row in rows]
