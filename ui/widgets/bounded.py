"""As high as what it holds, up to a bound; beyond it scrolls."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget


class Bounded(QScrollArea):
    """Scrolls only where there is no room.

    Args:
        most: the greatest height, in pixels, asked whenever something changes.
    """

    changed = Signal()  # what it holds asks for another height

    def __init__(self, content: QWidget, most: Callable[[], int]) -> None:
        super().__init__()
        self._content = content
        self._most = most
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        content.installEventFilter(self)

    def _needed(self) -> QSize:
        least = self._content.minimumSizeHint()
        width = max(self.viewport().width(), least.width())
        layout = self._content.layout()
        high = layout.totalHeightForWidth(width) if layout is not None else -1
        return QSize(least.width(), min(max(high, least.height()), self._most()))

    def sizeHint(self) -> QSize:
        """Everything, as far as there is room."""
        return self._needed()

    def minimumSizeHint(self) -> QSize:
        """The same: it is never squeezed while there is room."""
        return self._needed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths need other heights."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow with what it holds."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self.changed.emit()
        return super().eventFilter(watched, event)
