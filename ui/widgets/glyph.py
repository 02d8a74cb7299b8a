"""An icon as a widget, coloured when it is painted."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts, icons, tokens
from ui.theme.style import palette
from ui.theme.tokens import Tone


class Glyph(QWidget):
    """One outline icon in a tone; it is decoration, the word beside it carries the meaning."""

    def __init__(
        self,
        name: str,
        size: int = tokens.ICON,
        tone: Tone = Tone.NEUTRAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._size = fonts.px(size)
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, tone: Tone | None = None) -> None:
        """Show another icon."""
        self._name = name
        self._tone = tone or self._tone
        self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw in today's palette."""
        if not self._name:
            return
        painter = QPainter(self)
        colour = palette().tone(self._tone)[0]
        picture = icons.pixmap(self._name, colour, self._size, self.devicePixelRatioF())
        painter.drawPixmap(
            (self.width() - self._size) // 2, (self.height() - self._size) // 2, picture
        )
        painter.end()
