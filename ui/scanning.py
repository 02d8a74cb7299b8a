"""Reads the code in a picture that a person pasted, dropped or chose. No camera: see the guide.

A picture comes from outside: only PNG and JPEG by their first bytes, and limits on file and
pixels before anything is decoded. Decoding runs beside the window's thread.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageReader

from protocol.errors import BadInputError
from ui.language import tr

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", b"png"), (b"\xff\xd8\xff", b"jpeg"))


async def read_file(path: Path) -> str:
    """The text of the code in a picture file.

    Raises:
        BadInputError: not a picture of ours, too large, or there is not exactly one code in it.
    """
    return await asyncio.to_thread(_file, path)


async def read_image(image: QImage) -> str:
    """The text of the code in a picture from the clipboard.

    Raises:
        BadInputError: too large, or there is not exactly one code in it.
    """
    return await asyncio.to_thread(_image, image)


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInputError("This file cannot be read.") from error
    kind = next((name for magic, name in _KINDS if data.startswith(magic)), None)
    if kind is None:
        raise BadInputError("This is not a picture: PNG and JPEG are read.")
    if len(data) > MAX_BYTES:
        raise BadInputError(f"This picture is larger than {MAX_BYTES >> 20} MiB.")
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    _check(size.width(), size.height())  # before a single pixel is decoded
    return _image(reader.read())


def _check(width: int, height: int) -> None:
    if width <= 0 or height <= 0:
        raise BadInputError("This picture is damaged.")
    if width * height > MAX_PIXELS:
        raise BadInputError("This picture has too many pixels.")


def _image(image: QImage) -> str:
    import zxingcpp  # noqa: PLC0415 - only a picture needs it

    _check(image.width(), image.height())
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))
    found = zxingcpp.read_barcodes(
        lines,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    texts = {one.text for one in found if one.valid}
    if len(texts) != 1:
        many = tr("There are several codes in this picture: crop it to one.")
        raise BadInputError(many if texts else "No code was found in this picture.")
    return str(texts.pop())
