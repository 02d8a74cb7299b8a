"""Pages of a PDF to pixels, by PDFium: no forms, no scripts, no links, nothing fetched."""

from __future__ import annotations

import ctypes
from typing import Any, BinaryIO, Final

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from jitclient.viewing.document import CannotError, fitted
from jitclient.viewing.wire import MAX_PAGES, Encoding, Kind, Pixels, Reason

_MOST: Final = 8.0
_MODES: Final = {"BGR": "BGR", "BGRx": "BGRX", "BGRA": "BGRX"}

_streams: list[BinaryIO] = []


def _block(_: object, position: int, into: Any, size: int) -> int:
    """PDFium reads: so many bytes from there, all of them or none."""
    stream = _streams[0]
    stream.seek(position)
    content = stream.read(size)
    ctypes.memmove(into, content, len(content))
    return int(len(content) == size)


# Made when the module is loaded: a function that C may call needs memory that is executed, which
# nobody gets once the walls stand. For the same reason pypdfium2's own reader is not used.
_reader = raw.FPDF_FILEACCESS()
_reader.m_GetBlock = type(_reader.m_GetBlock)(_block)


class Pdf:
    """A PDF that was opened; it is read through its table of contents, not as a whole."""

    kind = Kind.PDF
    encoding = Encoding.OWN
    cut = False

    def __init__(self, stream: BinaryIO, size: int) -> None:
        _streams[:] = [stream]
        _reader.m_FileLen = size
        handle = raw.FPDF_LoadCustomDocument(ctypes.byref(_reader), None)
        if not handle:
            locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
            raise CannotError(Reason.LOCKED if locked else Reason.DAMAGED)
        self._document = pypdfium2.PdfDocument(handle)
        self.pages = len(self._document)
        if self.pages < 1:
            raise CannotError(Reason.EMPTY)
        if self.pages > MAX_PAGES:
            raise CannotError(Reason.TOO_LARGE)

    def page(self, number: int, width: int, height: int) -> Pixels:
        """A page with its annotations, as large as it fits."""
        if number >= self.pages:
            raise CannotError(Reason.DAMAGED)
        try:
            page = self._document[number]
            try:
                scale, wide, high = fitted(page.get_size(), (width, height), _MOST)
                bitmap = page.render(scale=scale, may_draw_forms=False, maybe_alpha=False)
                return _pixels(number, bitmap, wide, high)
            finally:
                page.close()
        except (pypdfium2.PdfiumError, ValueError) as error:
            raise CannotError(Reason.DAMAGED) from error


def _pixels(number: int, bitmap: pypdfium2.PdfBitmap, wide: int, high: int) -> Pixels:
    """Of the size that fits: PDFium rounds up."""
    try:
        size = (bitmap.width, bitmap.height)
        order, content = _MODES[bitmap.mode], bytes(bitmap.buffer)
        image = Image.frombytes("RGB", size, content, "raw", order, bitmap.stride, 1)
        cropped = image.crop((0, 0, min(wide, size[0]), min(high, size[1])))
        return Pixels(number, cropped.width, cropped.height, cropped.tobytes())
    finally:
        bitmap.close()
