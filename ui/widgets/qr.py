"""A QR code painted from its modules, dark on light in both schemes so that cameras read it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy

from ui.theme import tokens
from ui.widgets.painted import Painted

_QUIET = 4


class Qr(Painted):
    """`modules` is a square of booleans, true for dark."""

    def __init__(self, name: str, size: int = 196) -> None:
        super().__init__()
        self._size = size
        self._modules: tuple[tuple[bool, ...], ...] = ()
        self._image = QImage()
        self.setAccessibleName(name)
        self.setPixmap(QPixmap(1, 1))  # a label with a picture is a graphic to readers
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_modules(self, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Show another code."""
        if modules != self._modules:
            self._modules = modules
            self._image = _image(modules)
        self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw modules aligned to whole pixels, with the quiet zone of the standard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.LIGHT.surface))
        painter.drawRoundedRect(QRectF(self.rect()), tokens.RADIUS_CARD, tokens.RADIUS_CARD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._modules:
            count = len(self._modules)
            step = self._size // (count + 2 * _QUIET)
            start = (self._size - step * count) // 2
            painter.drawImage(QRect(start, start, step * count, step * count), self._image)
        painter.end()


def _image(modules: tuple[tuple[bool, ...], ...]) -> QImage:
    """One pixel a module; it is drawn larger without smoothing."""
    count = len(modules)
    image = QImage(count, count, QImage.Format.Format_RGB32)
    image.fill(QColor(tokens.LIGHT.surface))
    ink = QColor(tokens.LIGHT.text).rgb()
    for y, line in enumerate(modules):
        for x, dark in enumerate(line):
            if dark:
                image.setPixel(x, y, ink)
    return image
