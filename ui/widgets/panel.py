"""Frames with a ground and a line from the tokens."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStyleOptionFrame,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from ui.theme import fonts, tokens
from ui.widgets.crisp import in_whole_pixels


class Panel(QFrame):
    """A frame of one kind ("card", "surface", "sidebar", "header", ...) with a column inside."""

    def __init__(
        self, kind: str, *, margin: int = 0, spacing: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", kind)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(spacing)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As the sheet says; what is rounded has a border of whole pixels."""
        if float(self.devicePixelRatioF()).is_integer():
            super().paintEvent(event)
            return
        painter, option = QStylePainter(self), QStyleOptionFrame()
        self.initStyleOption(option)
        with in_whole_pixels(painter, self.rect()) as exact:
            option.rect = exact
            style = self.style()
            style.drawPrimitive(style.PrimitiveElement.PE_Widget, option, painter, self)
            style.drawControl(style.ControlElement.CE_ShapedFrame, option, painter, self)
        painter.end()


def line() -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setProperty("panel", "line")
    made.setFixedHeight(1)
    return made


def row(*widgets: QWidget | None, spacing: int = tokens.S2) -> QHBoxLayout:
    """Widgets side by side; `None` stands for the room between them."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            made.addStretch(1)
        else:
            made.addWidget(widget)
    return made


class Scroll(QScrollArea):
    """A column that scrolls; `column` takes the content."""

    def __init__(self, name: str, *, margin: int = tokens.S5, measure: int = 0) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QWidget()
        self.body.setObjectName("scrollBody")
        outer = QHBoxLayout(self.body)
        outer.setContentsMargins(margin, margin, margin, margin)
        holder = QWidget()
        if measure:
            holder.setMaximumWidth(fonts.px(measure))
        self.column = QVBoxLayout(holder)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(tokens.S4)
        outer.addWidget(holder, 100)
        if measure:
            outer.addStretch(1)
        self.setWidget(self.body)
        self.viewport().setAutoFillBackground(False)
