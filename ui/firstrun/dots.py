"""Where a person stands in a few steps, as short bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from ui.language import tr
from ui.theme import tokens
from ui.theme.style import palette
from ui.widgets.ground import paint_soft
from ui.widgets.painted import Painted


class Dots(Painted):
    """`count` steps as short bars."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count
        self._step = 1
        self.setFixedHeight(4)

    def show_step(self, step: int) -> None:
        """Mark the steps up to this one."""
        self._step = step
        self.setAccessibleName(tr("Step {step} of {count}", step=step, count=self._count))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (self.width() - (self._count - 1) * tokens.S2) / self._count
        for index in range(self._count):
            done = index < self._step
            p = palette()
            box = QRectF(round(index * (wide + tokens.S2)), 0, round(wide), 4)
            todo = p.surface if p.edge else p.hairline
            paint_soft(painter, box, 2, p.accent if done else todo, p.edge)
        painter.end()
