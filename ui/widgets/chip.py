"""A pill with a word, and a shape where the word is a state."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.widgets.ground import paint_soft
from ui.widgets.painted import Painted
from ui.widgets.reveal import reveal
from ui.words import Badge

_HEIGHT = 24
_GLYPH = 14


class Chip(Painted):
    """Icon and word on a soft ground."""

    def __init__(self, badge: Badge | None = None) -> None:
        super().__init__()
        self._badge = badge or Badge("", "")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(fonts.font(tokens.CAPTION, tokens.STRONG))
        self.show_badge(self._badge)

    @property
    def badge(self) -> Badge:
        """What is shown."""
        return self._badge

    def show_badge(self, badge: Badge) -> None:
        """Show another state."""
        self._badge = badge
        self.setAccessibleName(badge.word)
        reveal(self, bool(badge.word))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the word in any language."""
        icon = fonts.px(_GLYPH) + 5 if self._badge.icon else 0
        words = self.fontMetrics().horizontalAdvance(self._badge.word)
        height = max(_HEIGHT, self.fontMetrics().height() + 6)
        return QSize(words + icon + 20, height)

    def minimumSizeHint(self) -> QSize:
        """As wide as the word."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_chip(painter, QRectF(self.rect()), self._badge, self.devicePixelRatioF())
        painter.end()


def paint_chip(painter: QPainter, box: QRectF, badge: Badge, ratio: float) -> None:
    """Draw a chip into `box`; lists use this for their cells."""
    ink, soft = palette().tone(badge.tone)
    paint_soft(painter, box, box.height() / 2, soft, ink)
    x = box.left() + 10
    if badge.icon:
        size = fonts.px(_GLYPH)
        picture = icons.pixmap(badge.icon, ink, size, ratio)
        painter.drawPixmap(round(x), round(box.center().y() - size / 2), picture)
        x += fonts.px(_GLYPH) + 5
    painter.setPen(QColor(ink))
    painter.setFont(fonts.font(tokens.CAPTION, tokens.STRONG))
    room = QRectF(x, box.top(), box.right() - x - 6, box.height())
    painter.drawText(
        room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), badge.word
    )
