"""Text of a message: plain characters at a reading line height, selectable with the mouse.

Some of them may be links or marked; where they are, somebody else decided: nothing reads it off
the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy

from ui.copying import copy
from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.hover import hover
from ui.widgets.painted import Painted

_LEADING: Final = 1.5
_BREAK: Final = "\u2028"


@dataclass(frozen=True, slots=True)
class Link:
    """Characters `start` to `end` are a link of the number that `followed` tells."""

    start: int
    end: int
    strong: bool = False
    tip: str = ""


class Prose(Painted):
    """Lays text out by itself: markup can never be read as markup, because nothing parses it."""

    followed = Signal(int)

    def __init__(
        self, text: str, *, measure: int = tokens.MEASURE, links: Sequence[Link] = ()
    ) -> None:
        super().__init__()
        self._text = text
        self._units = text.encode("utf-16-le")  # Qt counts in these, two bytes each
        self._links = [(self._unit(one.start), self._unit(one.end), one) for one in links]
        self._marks: list[tuple[int, int, bool]] = []
        self._measure = measure
        self._width = -1
        self._height = 0.0
        self._heights: dict[int, int] = {}  # layouts ask again and again at a few widths
        self._anchor = self._caret = 0
        self._face: QFont = fonts.font()
        self._layout = QTextLayout(text.replace("\n", _BREAK), self._face)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        metrics = QFontMetricsF(self._face)
        self._step = round(metrics.height() / 1.21 * _LEADING)
        self._drop = (self._step - metrics.height()) / 2
        self._natural = self._natural_width(metrics)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setMouseTracking(bool(links))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(text)

    @property
    def words(self) -> str:
        """The whole text."""
        return self._text

    def selected_text(self) -> str:
        """What is selected."""
        low, high = sorted((self._anchor, self._caret))
        return self._units[2 * low : 2 * high].decode("utf-16-le", "replace")

    def mark(self, marks: Sequence[tuple[int, int]], *, here: bool = False) -> None:
        """Mark characters that were searched for; `here`: they stand out."""
        found = [(self._unit(a), self._unit(b), here) for a, b in marks]
        if found != self._marks:
            self._marks = found
            self.update()

    def _unit(self, at: int) -> int:
        return len(self._text[:at].encode("utf-16-le")) // 2

    def _natural_width(self, metrics: QFontMetricsF) -> int:
        longest = max(self._text.split("\n"), key=len, default="")
        if len(longest) > 200:
            return self._measure
        widest = max(metrics.horizontalAdvance(one) for one in self._text.split("\n")[:40])
        return min(self._measure, int(widest) + 3)

    def hasHeightForWidth(self) -> bool:
        """Yes."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the text when wrapped at `width`."""
        known = self._heights.get(width)
        if known is None:
            self._wrap(width)
            known = self._heights[width] = round(self._height)
        return known

    def sizeHint(self) -> QSize:
        """As wide as the text, at most the measure."""
        return QSize(self._natural, self.heightForWidth(self._natural))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(min(self._natural, 80), self._step)

    def _wrap(self, width: int) -> None:
        if width == self._width:
            return
        self._width = width
        y = 0.0
        self._layout.beginLayout()
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y + self._drop))
            y += self._step
        self._layout.endLayout()
        self._height = max(y, float(self._step))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height the text needs at this width: nested layouts do not always ask."""
        needed = self.heightForWidth(self.width())
        if needed != self.height() or self.minimumHeight() != needed:
            self.setFixedHeight(needed)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text and the selection."""
        self._wrap(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ranges = self._decorate(painter)
        painter.setPen(QColor(palette().text))
        low, high = sorted((self._anchor, self._caret))
        if low != high:
            chosen = QTextLayout.FormatRange()
            look = QTextCharFormat()
            look.setBackground(QColor(palette().accent))
            look.setForeground(QColor(palette().on_accent))
            chosen.start, chosen.length, chosen.format = low, high - low, look
            ranges.append(chosen)
        self._layout.draw(painter, QPointF(0, 0), ranges)
        painter.end()

    def _decorate(self, painter: QPainter) -> list[QTextLayout.FormatRange]:
        """Grounds behind links and marks; how their characters look."""
        p = palette()
        looks = []
        for start, end, link in self._links:
            self._ground(painter, start, end, p.warn_soft if link.strong else p.selection)
            looks.append(_look(start, end, p.warn if link.strong else p.accent))
        for start, end, now in self._marks:
            self._ground(painter, start, end, p.accent if now else p.warn_soft)
            looks.append(_look(start, end, p.on_accent if now else p.warn))
        return looks

    def _ground(self, painter: QPainter, start: int, end: int, colour: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        for at in range(self._layout.lineCount()):
            line = self._layout.lineAt(at)
            first, last = line.textStart(), line.textStart() + line.textLength()
            if start >= last or end <= first:
                continue
            left, right = (_x(line, min(max(one, first), last)) for one in (start, end))
            box = QRectF(min(left, right), line.y(), abs(right - left), line.height())
            painter.drawRoundedRect(box.adjusted(-2, -1, 2, 1), 4, 4)

    def _link_at(self, where: QPointF) -> int:
        """The number of the link there, or -1."""
        at = self._at(where)
        for number, (start, end, _) in enumerate(self._links):
            if start <= at < end:
                return number
        return -1

    def _at(self, where: QPointF) -> int:
        index = min(self._layout.lineCount() - 1, max(0, int(where.y() // self._step)))
        if index < 0:
            return 0
        return int(self._layout.lineAt(index).xToCursor(where.x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a selection."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._anchor = self._caret = self._at(event.position())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Extend the selection."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._caret = self._at(event.position())
            self.update()
            return
        link = self._link_at(event.position())
        over = Qt.CursorShape.IBeamCursor if link < 0 else Qt.CursorShape.PointingHandCursor
        self.setCursor(over)
        self.setToolTip(hover(self._links[link][2].tip) if link >= 0 else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a link follows it; what was dragged is a selection."""
        link = self._link_at(event.position())
        if link >= 0 and self._anchor == self._caret:
            self.followed.emit(link)
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        at = self._at(event.position())
        text = self._units[: 2 * at].decode("utf-16-le", "replace")
        at, text = len(text), self._text
        low = high = at
        while low > 0 and not text[low - 1].isspace():
            low -= 1
        while high < len(text) and not text[high].isspace():
            high += 1
        self._anchor, self._caret = self._unit(low), self._unit(high)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy and select all."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.selected_text():
            copy(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._anchor, self._caret = 0, len(self._units) // 2
            self.update()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Drop the selection, except for a context menu."""
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._anchor = self._caret = 0
            self.update()
        super().focusOutEvent(event)


def _look(start: int, end: int, colour: str) -> QTextLayout.FormatRange:
    made, look = QTextLayout.FormatRange(), QTextCharFormat()
    look.setForeground(QColor(colour))
    made.start, made.length, made.format = start, end - start, look
    return made


def _x(line: QTextLine, at: int) -> float:
    found: Any = line.cursorToX(at)
    return float(found[0]) if isinstance(found, tuple) else float(found)
