"""A one-line label that shortens in the middle and shows the whole on hover and to readers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOption, QStylePainter, QWidget

from ui.widgets.hover import hover
from ui.widgets.text import Text


class Elided(Text):
    """Plain text that gives way when the room is short."""

    def __init__(
        self,
        words: str = "",
        style: str = "body",
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, style, parent=parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Small enough for any column."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        self.setToolTip(hover(self.text()) if shown != self.text() else "")
        painter = QStylePainter(self)
        option = QStyleOption()
        option.initFrom(self)
        painter.drawItemText(
            self.rect(),
            int(self.alignment() | Qt.AlignmentFlag.AlignVCenter),
            option.palette,
            bool(option.state & QStyle.StateFlag.State_Enabled),
            shown,
            self.foregroundRole(),
        )
