"""What is cut off on a screen: texts with less room than their letters, widgets out of sight."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from ui.widgets.elided import Elided


def seen(root: QWidget) -> Iterator[QWidget]:
    for one in root.findChildren(QWidget):
        if one.isVisible() and one.window() is root:
            yield one


def squeezed(one: QWidget) -> bool:
    """Whether a text has less room than its letters need."""
    if isinstance(one, Elided):
        return False  # shortens by itself, and shows the whole on hover
    if isinstance(one, QPushButton):
        return one.width() < one.sizeHint().width() or one.height() < one.sizeHint().height()
    if not isinstance(one, QLabel) or not one.text():
        return False
    if one.wordWrap():
        return one.height() < one.heightForWidth(one.width())
    lines = one.text().split("\n")
    wide = max(one.fontMetrics().horizontalAdvance(line) for line in lines)
    return one.width() < wide or one.height() < one.fontMetrics().lineSpacing() * len(lines)


def beside(one: QWidget) -> bool:
    """Whether it reaches out of the area that shows it, where nobody can scroll to."""
    step = one.parentWidget()
    while step is not None:
        above = step.parentWidget()
        shows = isinstance(above, QAbstractScrollArea) and above.viewport() is step
        if shows or step.isWindow():
            left = one.mapTo(step, QPoint(0, 0)).x()
            return left < 0 or left + one.width() > step.width()
        step = above
    return False


def below(one: QWidget) -> bool:
    """Whether it lies outside the window although nothing scrolls it into sight."""
    step = one.parentWidget()
    while step is not None and not step.isWindow():
        if isinstance(step, QScrollArea):
            return False
        step = step.parentWidget()
    if step is None:
        return False
    top = one.mapTo(step, QPoint(0, 0)).y()
    return top < 0 or top + one.height() > step.height()


def cut(root: QWidget) -> list[tuple[str, str]]:
    """Kind and text of everything of a window that cannot be read whole."""
    return [
        (type(one).__name__, getattr(one, "text", str)())
        for one in seen(root)
        if isinstance(one, QLabel | QPushButton | QLineEdit)
        and (squeezed(one) or beside(one) or below(one))
    ]
