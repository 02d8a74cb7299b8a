"""Breaks blocks into pages: heads again on each, no row cut that fits a page. Units: 1/20 point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QTextLayout, QTextLine, QTextOption

from ui.printing.paper import Block, Cell, Line, Style, Table, Words
from ui.theme import fonts, tokens

POINT: Final = 20
"""Units of a point: fine enough that letters stand where the typeface wants them."""
FACES: Final[dict[Style, tuple[float, int, bool]]] = {
    Style.TITLE: (17, tokens.STRONG, False),
    Style.HEADING: (11, tokens.STRONG, False),
    Style.BODY: (9.5, tokens.REGULAR, False),
    Style.STRONG: (9.5, tokens.STRONG, False),
    Style.SMALL: (8.5, tokens.REGULAR, False),
    Style.MONO: (8, tokens.REGULAR, True),
    Style.DIGITS: (12, tokens.MEDIUM, True),
    Style.MARKS: (12.5, tokens.STRONG, False),  # TLP 2.0: not smaller than 12
    Style.BOX: (12, tokens.REGULAR, False),
}
"""Points, weight, and whether every letter is as wide as the others."""
_LOSING: Final = ("calt", "liga", "clig", "dlig", "tnum")
"""Other shapes of a letter, of which Qt's PDF does not say which letter they are."""
_LEADING: Final = 1.3
_SIDE: Final = 4 * POINT  # inside a cell, left and right
_THIN: Final = POINT * 0.5
_THICK: Final = POINT * 1.0


@dataclass(slots=True)
class Strip:
    """One line of text, or one box, of a height; drawn at a place of the page."""

    height: float
    line: QTextLine | None = None
    held: QTextLayout | None = None  # a line lives in its layout

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Draw it with its upper left corner there."""
        if self.line is not None:
            self.line.draw(painter, QPointF(at.x(), at.y() - self.line.y()))
        else:
            side = 9 * POINT
            painter.drawRect(QRectF(at.x(), at.y() + 2 * POINT, side, side))


@dataclass(slots=True)
class Page:
    """What stands on a page: strips at their places, and rules."""

    strips: list[tuple[QPointF, Strip]] = field(default_factory=list)
    rules: list[tuple[QPointF, QPointF, float]] = field(default_factory=list)


def face(style: Style) -> QFont:
    """The typeface of a style; on paper it does not follow the text size of the screen."""
    points, weight, mono = FACES[style]
    made = QFont(fonts.load()[1 if mono else 0])
    made.setPixelSize(round(points * POINT))
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    for feature in _LOSING:
        made.setFeature(QFont.Tag(feature), 0)
    return made


def set_lines(lines: Cell, width: float) -> list[Strip]:
    """Lines as strips, wrapped into a width; a word without a break breaks where it must."""
    return [strip for line in lines for strip in _wrapped(line, width)]


def _wrapped(line: Line, width: float) -> Iterator[Strip]:
    high = FACES[line.style][0] * POINT * _LEADING
    if line.style is Style.BOX:
        yield Strip(high)
        return
    layout = QTextLayout(line.text or " ", face(line.style))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (found := layout.createLine()).isValid():
        found.setLineWidth(width)
        found.setPosition(QPointF(0, 0))
        yield Strip(high, found, layout)
    layout.endLayout()


class Flow:
    """Lays blocks out, page by page, into a room of `width` x `height`."""

    def __init__(self, width: float, height: float) -> None:
        self._width = width
        self._height = height
        self._page = Page()
        self._at = 0.0

    def pages(self, blocks: Sequence[Block]) -> Iterator[Page]:
        """Every page in turn; nothing of it is kept here."""
        for index, block in enumerate(blocks):
            following = blocks[index + 1] if index + 1 < len(blocks) else None
            if self._at:
                self._at += block.gap * POINT
            if isinstance(block, Words):
                yield from self._words(block, following)
            else:
                yield from self._table(block)
        yield self._page

    def _next(self) -> Page:
        done, self._page, self._at = self._page, Page(), 0.0
        return done

    def _fits(self, high: float) -> bool:
        return self._at + high <= self._height or not self._at

    def _words(self, block: Words, following: Block | None) -> Iterator[Page]:
        strips = set_lines(block.lines, self._width)
        needed = sum(one.height for one in strips)
        if block.lines and block.lines[0].style is Style.HEADING:
            needed += self._first(following)
        if not self._fits(min(needed, self._height)):
            yield self._next()
        for strip in strips:
            if not self._fits(strip.height):
                yield self._next()
            self._page.strips.append((QPointF(0, self._at), strip))
            self._at += strip.height

    def _first(self, block: Block | None) -> float:
        """How much must stand below a heading: two lines, heads and first row, or what is whole."""
        if block is None or isinstance(block, Words):
            return 2 * FACES[Style.BODY][0] * POINT * _LEADING
        rows = [_set_heads(block, self._width)] if block.heads else []
        below = block.rows if block.whole else block.rows[:1]
        rows += [_set_row(block, row, self._width) for row in below]
        return block.gap * POINT + sum(one.high for one in rows)

    def _table(self, block: Table) -> Iterator[Page]:
        heads = _set_heads(block, self._width) if block.heads else None
        top = heads.high if heads else 0.0
        if block.whole:
            high = top + sum(_set_row(block, row, self._width).high for row in block.rows)
            if not self._fits(min(high, self._height)):
                yield self._next()
        fresh = True
        for row in block.rows:
            made = _set_row(block, row, self._width)
            if not self._fits(made.high + (top if fresh else 0)):
                yield self._next()
                fresh = True
            if fresh:
                self._begin(heads)
                fresh = False
            while made.high > self._height - self._at + 1:  # longer than a page: line by line
                head, made = made.cut(self._height - self._at)
                self._put(head)
                yield self._next()
                self._begin(heads)
            self._put(made)

    def _begin(self, heads: _Row | None) -> None:
        self._rule(self._at, _THICK)
        if heads is not None:
            self._put(heads, _THICK)

    def _rule(self, at: float, thick: float) -> None:
        self._page.rules.append((QPointF(0, at), QPointF(self._width, at), thick))

    def _put(self, row: _Row, thick: float = _THIN) -> None:
        for left, strips in zip(row.lefts, row.cells, strict=True):
            at = self._at + row.pad
            for strip in strips:
                self._page.strips.append((QPointF(left + _SIDE, at), strip))
                at += strip.height
        end = self._at + row.high
        if row.grid:
            for left in (*row.lefts, self._width):
                self._page.rules.append((QPointF(left, self._at), QPointF(left, end), _THIN))
        self._at = end
        self._rule(end, thick)


@dataclass(slots=True)
class _Row:
    cells: list[list[Strip]]
    lefts: list[float]
    pad: float
    grid: bool

    @property
    def high(self) -> float:
        tallest = max(sum(one.height for one in strips) for strips in self.cells)
        return tallest + 2 * self.pad

    def cut(self, room: float) -> tuple[_Row, _Row]:
        """What of it fits into `room`, and the rest; at least one line goes."""
        heads, rests = [], []
        for strips in self.cells:
            at, count = self.pad, 0
            while count < len(strips) and (at + strips[count].height + self.pad <= room):
                at += strips[count].height
                count += 1
            heads.append(strips[:count])
            rests.append(strips[count:])
        if not any(heads):
            heads, rests = [one[:1] for one in self.cells], [one[1:] for one in self.cells]
        return (
            _Row(heads, self.lefts, self.pad, self.grid),
            _Row(rests, self.lefts, self.pad, self.grid),
        )


def _set_heads(table: Table, width: float) -> _Row:
    return _set_row(table, tuple((Line(one, Style.STRONG),) for one in table.heads), width)


def _set_row(table: Table, row: tuple[Cell, ...], width: float) -> _Row:
    total = sum(table.widths)
    wides = [width * one / total for one in table.widths]
    lefts = [sum(wides[:at]) for at in range(len(wides))]
    cells = [set_lines(cell, wide - 2 * _SIDE) for cell, wide in zip(row, wides, strict=True)]
    return _Row(cells, lefts, table.pad * POINT, table.grid)
