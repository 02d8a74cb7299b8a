"""What the gallery is made of: specimens of one widget, in rows, with their states below a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHoverEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionFrame,
    QVBoxLayout,
    QWidget,
)

from ui.theme import tokens
from ui.widgets.panel import line
from ui.widgets.ring import REACH, paint_ring
from ui.widgets.text import Text

W = TypeVar("W", bound=QWidget)
B = TypeVar("B", bound=QAbstractButton)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One widget in one state."""

    state: str
    widget: QWidget


@dataclass(frozen=True, slots=True)
class Group:
    """All states of one thing, `across` of them in a row."""

    name: str
    specimens: Sequence[Specimen]
    across: int = 5


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the gallery; its groups are made when it is shown."""

    name: str
    groups: Callable[[], Sequence[Group]]


def hovered(widget: W) -> W:
    """As under the mouse."""
    widget.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    here = QPointF(4, 4)  # a push button asks where the mouse is, and remembers the answer
    QApplication.sendEvent(widget, QHoverEvent(QEvent.Type.HoverEnter, here, here, here))
    return widget


def pressed(button: B) -> B:
    """As while the mouse is down on it."""
    button.setDown(True)
    return button


def disabled(widget: W) -> W:
    """As while it cannot be used."""
    widget.setEnabled(False)
    return widget


def filled(edit: QLineEdit, text: str) -> QLineEdit:
    """With text, from its first letter on."""
    edit.setText(text)
    edit.setCursorPosition(0)
    return edit


class FocusedLine(QLineEdit):
    """A line edit that looks as with the keyboard: only one in a window can have it."""

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        """Add what the style asks for."""
        super().initStyleOption(option)
        option.state |= QStyle.StateFlag.State_HasFocus


class Ringed(QWidget):
    """A widget with the focus ring around it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._inner = widget
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        across = QHBoxLayout(self)
        across.setContentsMargins(REACH, REACH, REACH, REACH)
        across.addWidget(widget)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring where the product does."""
        painter = QPainter(self)
        paint_ring(painter, QRectF(self._inner.geometry()).adjusted(-REACH, -REACH, REACH, REACH))
        painter.end()


def laid(groups: Sequence[Group]) -> QWidget:
    """Groups below each other, as the pages and the reference pictures show them."""
    body = QWidget()
    body.setObjectName("scrollBody")
    column = QVBoxLayout(body)
    column.setContentsMargins(tokens.S5, tokens.S4, tokens.S5, tokens.S4)
    column.setSpacing(tokens.S2)
    for at, group in enumerate(groups):
        if at:
            column.addWidget(line())
        column.addWidget(Text(group.name, "densestrong"))
        for start in range(0, len(group.specimens), group.across):
            column.addLayout(_row(group.specimens[start : start + group.across], group.across))
    column.addStretch(1)
    return body


def _row(specimens: Sequence[Specimen], across: int) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setSpacing(tokens.S4)
    for one in specimens:
        cell = QVBoxLayout()
        cell.setSpacing(tokens.S1)
        if one.state:
            cell.addWidget(Text(one.state, "caption"))
        cell.addWidget(one.widget)
        cell.addStretch(1)
        made.addLayout(cell, 1 if across < 4 else 0)  # a few wide ones share the room
    if across >= 4:
        made.addStretch(1)
    elif len(specimens) < across:
        made.addStretch(across - len(specimens))
    return made
