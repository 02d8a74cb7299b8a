"""The hand-over list on paper: A4 across, marks in head and foot of every page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from ui.evidence.handlist import HandList, signed
from ui.language import tr
from ui.paper import save
from ui.theme import fonts, tokens

_DPI: Final = 96
_MARGIN_MM: Final = 14.0
_EDGE: Final = 34  # pixels at 96 dpi, for the head and for the foot


async def write_hand_list(path: Path, made: HandList) -> None:
    """Write the list as PDF; nothing may be at `path` yet.

    Raises:
        CannotCreateError: a file of that name is there, or it cannot be written.
    """
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    pdf = QPdfWriter(out)
    pdf.setResolution(_DPI)
    pdf.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    pdf.setPageOrientation(QPageLayout.Orientation.Landscape)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    pdf.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    pdf.setTitle(tr("Hand-over list"))  # never a case name: viewers list titles
    pdf.setCreator("JIT Client")
    area = QRectF(0, 0, pdf.width(), pdf.height())
    room = area.adjusted(0, _EDGE, 0, -_EDGE)
    document = _document(made, room)
    painter = QPainter(pdf)
    pages = document.pageCount()
    for page in range(pages):
        if page:
            pdf.newPage()
        _edges(
            painter,
            area,
            made,
            tr("{made}  ·  page {page} of {pages}", made=made.made, page=page + 1, pages=pages),
        )
        painter.save()
        painter.translate(0, room.top() - page * room.height())
        document.drawContents(painter, QRectF(0, page * room.height(), room.width(), room.height()))
        painter.restore()
        await asyncio.sleep(0)
    painter.end()
    await asyncio.to_thread(save, path, bytes(out.data().data()))


def _document(made: HandList, room: QRectF) -> QTextDocument:
    """The list, and what is signed below it; on a page of its own where it would be torn apart."""
    alone = _laid_out(made.body, room)
    whole = _laid_out(made.body + signed(), room)
    if whole.pageCount() == alone.pageCount():
        return whole
    return _laid_out(made.body + signed("page-break-before:always"), room)


def _laid_out(text: str, room: QRectF) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDefaultFont(fonts.font(tokens.CAPTION))
    document.setDocumentMargin(0)
    document.setHtml(text)
    document.setPageSize(QSizeF(room.width(), room.height()))
    return document


def _edges(painter: QPainter, area: QRectF, made: HandList, foot: str) -> None:
    painter.setPen(QColor(tokens.LIGHT.text))
    painter.setFont(fonts.font(tokens.LEAD, tokens.STRONG))
    top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
    middle = Qt.AlignmentFlag.AlignHCenter
    painter.drawText(area, int(top | middle), made.marks)
    painter.drawText(area, int(bottom | middle), made.marks)
    painter.setPen(QColor(tokens.LIGHT.muted))
    painter.setFont(fonts.font(tokens.CAPTION))
    painter.drawText(area, int(bottom | Qt.AlignmentFlag.AlignRight), foot)
