"""Edges on whole pixels of the screen, also at 125, 150 and 175 %.

A line that lies between two pixels is painted over both at half strength: a border of 3.2:1 is
then one of 1.7:1. So boxes are moved to the nearest pixels, and lines are a whole number of them
thick, rounded down: 1 pixel at 175 %, 2 at 200 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import floor

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen


def snapped(painter: QPainter, box: QRectF) -> QRectF:
    """The box with its edges on whole pixels."""
    there = painter.deviceTransform()
    back, usable = there.inverted()
    if not usable:
        return box
    seen = there.mapRect(box)
    left, top = _nearest(seen.left()), _nearest(seen.top())
    right, bottom = _nearest(seen.right()), _nearest(seen.bottom())
    return QRectF(back.mapRect(QRectF(left, top, right - left, bottom - top)))


def _nearest(edge: float) -> int:
    """As Qt rounds what may be painted at all: the half goes up. Otherwise it would be cut off."""
    return floor(edge + 0.5 + 1e-6)


def thickness(painter: QPainter, width: float = 1) -> float:
    """A width that is a whole number of pixels, at least one."""
    scale = abs(painter.deviceTransform().m11()) or 1.0
    return max(1, floor(width * scale + 0.01)) / scale


def paint_frame(
    painter: QPainter, box: QRectF, radius: float, line: str, *, width: float = 1
) -> None:
    """Draw an outline just inside of `box`, with the brush that is set inside it."""
    thick = thickness(painter, width)
    painter.setPen(QPen(QColor(line), thick))
    half = thick / 2
    inner = snapped(painter, box).adjusted(half, half, -half, -half)
    painter.drawRoundedRect(inner, radius, radius)


def paint_under(painter: QPainter, box: QRectF, line: str, *, width: float = 1) -> None:
    """Fill a line along the lower edge of `box`, inside it."""
    exact, thick = snapped(painter, box), thickness(painter, width)
    lower = QRectF(exact.left(), exact.bottom() - thick, exact.width(), thick)
    painter.fillRect(lower, QColor(line))


@contextmanager
def in_whole_pixels(painter: QPainter, box: QRect) -> Iterator[QRect]:
    """Paint something of the style sheet so that its borders are whole pixels thick.

    While it lasts, one unit of the painter is that many pixels as a line of one has; the box in
    these units is given back. At 100, 200 and 300 % nothing changes.
    """
    exact = snapped(painter, QRectF(box))
    unit = thickness(painter)
    painter.save()
    painter.translate(exact.topLeft())
    painter.scale(unit, unit)
    yield QRect(0, 0, round(exact.width() / unit), round(exact.height() / unit))
    painter.restore()
