"""Head and foot of every page: marks, what it is, of which space, by whom, which page of how many.

Black on white, so that a printer without colour loses nothing. Units: 1/20 point, as in `flow`.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.language import tr
from ui.printing.flow import POINT, Page, Strip, face, set_lines
from ui.printing.paper import Line, Paper, Style

PRODUCT: Final = "JIT Client"
_INK: Final = QColor(0, 0, 0)
_AIR: Final = 6 * POINT


class Letterhead:
    """What frames the pages of one paper; `room` is what is left for the content."""

    def __init__(self, paper: Paper, width: float, height: float) -> None:
        self._paper = paper
        self._width = width
        self._height = height
        half = width / 2 - 4 * POINT
        left = f"{PRODUCT}  ·  {paper.title}"
        right = "  ·  ".join(one for one in (paper.space, paper.agreement) if one)
        self._left = set_lines((Line(left, Style.STRONG),), half)
        self._right = set_lines((Line(right, Style.BODY),), half) if right else []
        self._seals = set_lines(tuple(Line(one, Style.MONO) for one in paper.seals), width)
        self._made = set_lines((Line(paper.made, Style.SMALL),), width * 0.72)
        self._banner = self._set_banner()
        self.top = self._tall(self._banner) + _AIR
        self.top += max(self._tall(self._left), self._tall(self._right)) + _AIR * 2.5
        self.bottom = self._tall(self._banner) + self._tall(self._seals) + _AIR * 3
        self.bottom += self._tall(self._made)

    def room(self) -> tuple[float, float]:
        """Width and height of what stands between head and foot."""
        return self._width, self._height - self.top - self.bottom

    def draw(self, painter: QPainter, page: Page, at: int, pages: int) -> None:
        """One page whole; `at` counts from 1."""
        painter.setPen(QPen(_INK, POINT * 0.5))
        self._head(painter)
        self._foot(painter, at, pages)
        painter.save()
        painter.translate(0, self.top)
        for start, end, thick in page.rules:
            painter.setPen(QPen(_INK, thick))
            painter.drawLine(start, end)
        painter.setPen(QPen(_INK, POINT * 0.5))
        for place, strip in page.strips:
            strip.draw(painter, place)
        painter.restore()

    def _head(self, painter: QPainter) -> None:
        at = self._centred(painter, 0) + _AIR
        self._stack(painter, self._left, 0, at)
        for strip in self._right:
            wide = strip.line.naturalTextWidth() if strip.line is not None else 0
            strip.draw(painter, QPointF(self._width - wide, at))
            at += strip.height
        rule = self.top - _AIR * 1.5
        painter.drawLine(QPointF(0, rule), QPointF(self._width, rule))

    def _foot(self, painter: QPainter, at: int, pages: int) -> None:
        y = self._height - self.bottom + _AIR
        painter.drawLine(QPointF(0, y), QPointF(self._width, y))
        y += _AIR
        painter.setFont(face(Style.SMALL))
        said = tr("Page {at} of {pages}", at=at, pages=pages)
        high = self._tall(self._made)
        side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        painter.drawText(QRectF(0, y, self._width, high), side, said)
        y = self._stack(painter, self._made, 0, y)
        y = self._stack(painter, self._seals, 0, y) + _AIR
        self._centred(painter, y)

    def _set_banner(self) -> list[Strip]:
        if not self._paper.marks:
            return []
        return set_lines((Line(self._paper.marks, Style.MARKS),), self._width)

    def _centred(self, painter: QPainter, at: float) -> float:
        for strip in self._banner:
            wide = strip.line.naturalTextWidth() if strip.line is not None else 0
            strip.draw(painter, QPointF((self._width - wide) / 2, at))
            at += strip.height
        return at

    def _stack(self, painter: QPainter, strips: list[Strip], x: float, at: float) -> float:
        for strip in strips:
            strip.draw(painter, QPointF(x, at))
            at += strip.height
        return at

    @staticmethod
    def _tall(strips: list[Strip]) -> float:
        return sum(strip.height for strip in strips)
