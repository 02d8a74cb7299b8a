"""A slim progress bar that is full only when everything is done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from ui.theme.style import palette
from ui.theme.tokens import Tone
from ui.widgets.ground import paint_soft


class Bar(QProgressBar):
    """Percent as a line, 6 px high; a `QProgressBar` to screen readers."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, 100)
        self.setTextVisible(False)
        self.setFixedHeight(6)
        self.setAccessibleName(name)
        self._tone = Tone.ACCENT

    def show_percent(self, value: int, tone: Tone = Tone.ACCENT) -> None:
        """Move the bar."""
        self._tone = tone
        self.setValue(value)
        self.update()

    def sizeHint(self) -> QSize:
        """Slim."""
        return QSize(120, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track and fill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_bar(painter, QRectF(self.rect()), self.value(), self._tone)
        painter.end()


def paint_bar(painter: QPainter, box: QRectF, percent: int, tone: Tone) -> None:
    """Draw a bar into `box`; lists use this for their cells."""
    p = palette()
    radius = box.height() / 2
    paint_soft(painter, box, radius, p.surface if p.edge else p.hairline, p.edge)
    painter.setPen(Qt.PenStyle.NoPen)
    if percent > 0:
        width = max(box.height(), box.width() * percent / 100)
        painter.setBrush(QColor(p.tone(tone)[0]))
        painter.drawRoundedRect(QRectF(box.left(), box.top(), width, box.height()), radius, radius)
