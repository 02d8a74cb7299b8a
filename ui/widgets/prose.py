"""Text of a message: plain characters at a reading line height, selectable with the mouse."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
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
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.copying import copy
from ui.theme import fonts, tokens
from ui.theme.style import palette

_LEADING: Final = 1.5
_BREAK: Final = "\u2028"


class Prose(QWidget):
    """Lays text out by itself: markup can never be read as markup, because nothing parses it."""

    def __init__(self, text: str, *, measure: int = tokens.MEASURE) -> None:
        super().__init__()
        self._text = text
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
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def selected_text(self) -> str:
        """What is selected."""
        low, high = sorted((self._anchor, self._caret))
        return self._text[low:high]

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
        painter.setPen(QColor(palette().text))
        ranges = []
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        at = self._at(event.position())
        text = self._text
        low = high = at
        while low > 0 and not text[low - 1].isspace():
            low -= 1
        while high < len(text) and not text[high].isspace():
            high += 1
        self._anchor, self._caret = low, high
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy and select all."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.selected_text():
            copy(self.selected_text())
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._anchor, self._caret = 0, len(self._text)
            self.update()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Drop the selection, except for a context menu."""
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._anchor = self._caret = 0
            self.update()
        super().focusOutEvent(event)
