"""Whether a finger or an unsteady hand can hit it: WCAG 2.5.8, with its exception for room."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from tests.ui.fitting import seen
from tests.ui.stops import box, called
from ui.theme import tokens

_KINDS = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)


def crowded(root: QWidget) -> list[str]:
    """Targets smaller than they may be, and so near to another that it is hit instead."""
    found = list(_targets(root))
    small = [one for one in found if min(one[1].width(), one[1].height()) < tokens.TARGET_MIN]
    return [
        f"{name} {at.width()}x{at.height()}"
        for name, at in small
        if any(_near(at, other) for _, other in found if other != at)
    ]


def _targets(root: QWidget) -> Iterator[tuple[str, QRect]]:
    for one in seen(root):
        inside = isinstance(one.parent(), QAbstractSpinBox | QComboBox)
        if isinstance(one, _KINDS) and not inside:
            yield called(one), box(one)
        elif isinstance(one, QTabBar):
            for at in range(one.count()):
                yield one.tabText(at), one.tabRect(at).translated(box(one).topLeft())
        elif isinstance(one, QHeaderView):
            yield called(one), box(one)
        elif isinstance(one, QAbstractItemView) and (model := one.model()) is not None:
            for at in range(min(model.rowCount(), 3)):
                yield called(one), one.visualRect(model.index(at, 0))


def _near(small: QRect, other: QRect) -> bool:
    """Whether a circle of 24 px around the middle of one reaches into the other."""
    middle, half = QPointF(small.center()), tokens.TARGET_MIN / 2
    dx = max(other.left() - middle.x(), 0, middle.x() - other.right())
    dy = max(other.top() - middle.y(), 0, middle.y() - other.bottom())
    return float(dx * dx + dy * dy) < half * half
