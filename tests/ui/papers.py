"""Reads a PDF as people and programs do: pages, text, pixels, what it says of itself."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
from pypdfium2 import raw


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """A PDF, closed at the end with everything that was taken of it."""
    document = pypdfium2.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def texts(data: bytes) -> list[str]:
    """The text of every page, as copying it gives it."""
    with opened(data) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def sizes(data: bytes) -> set[tuple[int, int]]:
    """Width and height of the pages, in millimetres."""
    with opened(data) as document:
        found = [page.get_size() for page in document]
    return {(round(wide * 25.4 / 72), round(high * 25.4 / 72)) for wide, high in found}


def pictures(data: bytes, scale: float = 1.0) -> list[Any]:
    """Every page as a picture in colours."""
    with opened(data) as document:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]


def language(data: bytes) -> str:
    """Which language the document says it is in."""
    with opened(data) as document:
        size = raw.FPDFCatalog_GetLanguage(document, None, 0)
        held = ctypes.create_string_buffer(size)
        raw.FPDFCatalog_GetLanguage(
            document, ctypes.cast(held, ctypes.POINTER(raw.FPDF_WCHAR)), size
        )
        return held.raw.decode("utf-16le").rstrip("\0")


def title(data: bytes) -> str:
    """What viewers and lists call it."""
    with opened(data) as document:
        return str(document.get_metadata_dict()["Title"])
