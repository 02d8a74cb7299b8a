"""The numbers of a space on paper, to bring to a meeting: A4, a few persons a page.

The list holds no secret, but names: who prints it keeps it as he keeps the file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from protocol.errors import CannotCreateError
from ui import words
from ui.language import tr
from ui.theme import fonts, tokens

_DPI: Final = 96
_MARGIN_MM: Final = 18.0
_ROW: Final = 92  # pixels at 96 dpi
_HEAD: Final = 96
_BOX: Final = 16


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One person: name, authority, the sixty digits, whether they were compared already."""

    name: str
    place: str
    digits: str
    done: bool


async def write_list(
    path: Path, title: str, mine: str, made: str, lines: Sequence[PaperLine]
) -> None:
    """Write the list as PDF; page by page, so that the window goes on meanwhile.

    Args:
        path: where to write; nothing may be there yet.
        title: the space.
        mine: whose list this is.
        made: date and time in words.
        lines: everybody, in the order of the list.

    Raises:
        CannotCreateError: a file of that name is there, or it cannot be written.
    """
    out = QBuffer()
    out.open(QIODevice.OpenModeFlag.WriteOnly)
    pdf = QPdfWriter(out)
    pdf.setResolution(_DPI)
    pdf.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    pdf.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    pdf.setTitle(tr("Safety numbers"))  # never a case name: viewers list titles
    pdf.setCreator("JIT Client")
    painter = QPainter(pdf)
    area = QRectF(0, 0, pdf.width(), pdf.height())
    room = int((area.height() - _HEAD - 24) // _ROW)
    pages = [lines[i : i + room] for i in range(0, len(lines), room)]
    for at, page in enumerate(pages):
        if at:
            pdf.newPage()
        _head(painter, area, title, mine)
        for index, line in enumerate(page):
            _line(painter, QRectF(0, _HEAD + index * _ROW, area.width(), _ROW), line)
        _foot(
            painter,
            area,
            tr("{made}  ·  page {at} of {pages}", made=made, at=at + 1, pages=len(pages)),
        )
        await asyncio.sleep(0)
    painter.end()
    await asyncio.to_thread(save, path, bytes(out.data().data()))


def save(path: Path, data: bytes) -> None:
    """Write a new file; an existing one is never overwritten.

    Raises:
        CannotCreateError: a file of that name is there, or it cannot be written.
    """
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise CannotCreateError(
            "A file of that name is there already, or it cannot be written."
        ) from error


def _pen(painter: QPainter, colour: str, font: QFont) -> None:
    painter.setPen(QColor(colour))
    painter.setFont(font)


def _head(painter: QPainter, area: QRectF, title: str, mine: str) -> None:
    ink = tokens.LIGHT
    _pen(painter, ink.text, fonts.font(tokens.TITLE, tokens.STRONG))
    painter.drawText(QRectF(0, 0, area.width(), 30), tr("Safety numbers: {title}", title=title))
    _pen(painter, ink.secondary, fonts.font(tokens.DENSE))
    what = tr(
        "Of {mine}. Each number is the same on both computers. Read it aloud, group by group, "
        "and tick what is equal. If one differs, send nothing to that person.",
        mine=mine,
    )
    wrap = int(Qt.TextFlag.TextWordWrap)
    painter.drawText(QRectF(0, 36, area.width(), 44), wrap, what)


def _line(painter: QPainter, box: QRectF, line: PaperLine) -> None:
    ink = tokens.LIGHT
    painter.setPen(QPen(QColor(ink.hairline), 1))
    painter.drawLine(box.topLeft(), box.topRight())
    tick = QRectF(box.left(), box.top() + 12, _BOX, _BOX)
    painter.setPen(QPen(QColor(ink.border), 1))
    painter.drawRect(tick)
    left = tick.right() + 12
    _pen(painter, ink.text, fonts.font(tokens.BODY, tokens.STRONG))
    painter.drawText(QRectF(left, box.top() + 10, 320, 20), line.name)
    _pen(painter, ink.secondary, fonts.font(tokens.CAPTION))
    below = tr("{place}  ·  compared before", place=line.place) if line.done else line.place
    side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRectF(left, box.top() + 10, box.width() - left, 20), side, below)
    _pen(painter, ink.text, fonts.mono(tokens.LEAD, tokens.MEDIUM))
    groups = words.grouped(line.digits)
    for at in (0, 6):
        text = "   ".join(groups[at : at + 6])
        painter.drawText(QRectF(left, box.top() + 36 + at * 4, box.width() - left, 22), text)


def _foot(painter: QPainter, area: QRectF, text: str) -> None:
    _pen(painter, tokens.LIGHT.muted, fonts.font(tokens.CAPTION))
    side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
    painter.drawText(area, side, text)
