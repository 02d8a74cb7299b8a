"""A page as a picture, and over it whose eyes it is for. Nothing in it is followed or copied."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from jitclient.pageviews import Pixels
from ui.language import tr
from ui.theme import fonts, tokens

_MARGIN: Final = 12
_ACROSS: Final = 420
_DOWN: Final = 150
_SLOPE: Final = -24.0
_DARK: Final = QColor(0, 0, 0, 34)
_LIGHT: Final = QColor(255, 255, 255, 70)


class Page(QWidget):
    """The page itself, as large as its points."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: Pixels | None = None
        self._image = QImage()
        self._mark = ""

    def show_page(self, pixels: Pixels | None, mark: str, ratio: float) -> None:
        """Show a page, or nothing. The picture is not copied: it lies where it arrived."""
        self._mark = mark
        if pixels is self._pixels:
            return
        self._pixels = pixels
        if pixels is None:
            self._image = QImage()
            self.resize(1, 1)
        else:
            self._image = QImage(
                pixels.points,
                pixels.width,
                pixels.height,
                pixels.width * 3,
                QImage.Format.Format_RGB888,
            )
            self._image.setDevicePixelRatio(ratio)
            self.resize(QSize(round(pixels.width / ratio), round(pixels.height / ratio)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Only what is in sight is drawn, however large the page."""
        if self._image.isNull():
            return
        ratio = self._image.devicePixelRatio()
        seen = QRectF(event.rect())
        painter = QPainter(self)
        source = QRectF(seen.topLeft() * ratio, seen.size() * ratio)
        painter.drawImage(seen, self._image, source)
        painter.setFont(fonts.font(tokens.BODY, tokens.MEDIUM))
        self._watermark(painter, seen)
        painter.end()

    def _watermark(self, painter: QPainter, seen: QRectF) -> None:
        """The same words all over, dark and light, so that they stand on any ground."""
        for row in range(int(seen.top()) // _DOWN, int(seen.bottom()) // _DOWN + 2):
            shift = (row % 2) * _ACROSS // 2
            for column in range(
                (int(seen.left()) - _ACROSS) // _ACROSS, int(seen.right()) // _ACROSS + 1
            ):
                painter.save()
                painter.translate(column * _ACROSS + shift, row * _DOWN + 60)
                painter.rotate(_SLOPE)
                painter.setPen(_LIGHT)
                painter.drawText(QPointF(1, 1), self._mark)
                painter.setPen(_DARK)
                painter.drawText(QPointF(0, 0), self._mark)
                painter.restore()


class Canvas(QScrollArea):
    """Where a page lies; says how many points there is room for."""

    room = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.setWidget(self.page)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._at = -1

    def show_page(self, pixels: Pixels | None, mark: str, pages: int) -> None:
        """Show a page from its top; the same page in another size stays where it is."""
        self.page.show_page(pixels, mark, self.devicePixelRatioF())
        at = -1 if pixels is None else pixels.page
        if at != self._at:
            self._at = at
            self.verticalScrollBar().setValue(0)
        said = tr("Page {page} of {pages}, as a picture", page=at + 1, pages=pages)
        self.setAccessibleName(said if pixels is not None else tr("The page"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is more room, or less."""
        super().resizeEvent(event)
        ratio, bar = self.devicePixelRatioF(), self.verticalScrollBar().sizeHint().width()
        free = self.maximumViewportSize() - QSize(bar + 2 * _MARGIN, bar + 2 * _MARGIN)
        self.room.emit(int(free.width() * ratio), int(free.height() * ratio))
