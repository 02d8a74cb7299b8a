"""Writes a paper as PDF: A4, bundled typefaces, text as text, with title and language.

Page by page, so that the window goes on meanwhile; never more than one page is in memory beside
the file itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from protocol.errors import CannotCreateError
from ui.language import chosen
from ui.printing import metadata
from ui.printing.flow import POINT, Flow
from ui.printing.letterhead import PRODUCT, Letterhead
from ui.printing.paper import Paper

Tell = Callable[[int, int], None]
"""Pages drawn, and how many there are; while none is drawn, there are at least so many."""
_DOTS: Final = 72 * POINT
_SIDE_MM: Final = 18.0
_EDGE_MM: Final = 12.0


async def pdf_of(paper: Paper, tell: Tell | None = None) -> bytes:
    """The bytes of the PDF; `tell` is called page by page."""
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    pdf = _writer(out, paper)
    head = Letterhead(paper, pdf.width(), pdf.height())
    pages = 0
    for _ in Flow(*head.room()).pages(paper.blocks):
        pages += 1
        if tell is not None:
            tell(0, pages)
        await asyncio.sleep(0)
    painter = QPainter(pdf)
    try:
        for at, page in enumerate(Flow(*head.room()).pages(paper.blocks), 1):
            if at > 1:
                pdf.newPage()
            head.draw(painter, page, at, pages)
            if tell is not None:
                tell(at, pages)
            await asyncio.sleep(0)
    finally:
        painter.end()
    return metadata.told(bytes(out.data().data()), chosen())


def _writer(out: QBuffer, paper: Paper) -> QPdfWriter:
    pdf = QPdfWriter(out)
    pdf.setResolution(_DOTS)
    pdf.setPageLayout(  # whole: what Qt begins with depends on the person's region, and may be none
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Landscape if paper.across else QPageLayout.Orientation.Portrait,
            QMarginsF(_SIDE_MM, _EDGE_MM, _SIDE_MM, _EDGE_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    pdf.setTitle(paper.title)  # never a case name: viewers list titles
    pdf.setCreator(PRODUCT)
    return pdf


def save(path: Path, data: bytes) -> None:
    """Write a new file, readable by its owner only; an existing one is never overwritten.

    Raises:
        CannotCreateError: a file of that name is there, or it cannot be written.
    """
    made = False
    try:
        with open(path, "xb", opener=_own) as file:
            made = True
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        if made:  # half a document is none; Windows lets a file go only once it is closed
            with contextlib.suppress(OSError):
                path.unlink()
        raise CannotCreateError(
            "A file of that name is there already, or it cannot be written."
        ) from error


def _own(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
