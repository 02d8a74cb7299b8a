"""Grey lines in the shape of what is coming; shown only when it takes longer than 150 ms."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShowEvent

from ui.theme import fonts, tokens
from ui.theme.style import palette
from ui.widgets.painted import Painted

_PATIENCE_MS = 150
_WORDS_MS = 2000
_LINES = ((40, 0.30), (40, 0.62), (40, 0.48), (40, 0.70), (40, 0.36))


class Skeleton(Painted):
    """Placeholder rows; after two seconds it says in words what is awaited."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._stage = 0
        self._held = False
        self.setAccessibleName(words)

    def hold(self, stage: int) -> None:
        """Stay at one stage: 1 lines, 2 lines and words. For the gallery, where no time passes."""
        self._held = True
        self._reach(stage)

    def showEvent(self, event: QShowEvent) -> None:
        """Start counting."""
        super().showEvent(event)
        if self._held:
            return
        self._stage = 0
        QTimer.singleShot(_PATIENCE_MS, self, lambda: self._reach(1))
        QTimer.singleShot(_WORDS_MS, self, lambda: self._reach(2))

    def _reach(self, stage: int) -> None:
        self._stage = stage
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, then the words."""
        if not self._stage:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette().skeleton))
        y = float(tokens.S5)
        for height, share in _LINES:
            wide = (self.width() - 2 * tokens.S5) * share
            painter.drawRoundedRect(QRectF(tokens.S5, y, wide, height), 8, 8)
            y += height + tokens.S4
        if self._stage > 1:
            painter.setPen(QColor(palette().muted))
            painter.setFont(fonts.font(tokens.DENSE))
            painter.drawText(QRectF(tokens.S5, y, self.width(), 32), self._words)
        painter.end()
