"""Where Tab goes in a window: what it reaches, in which order, and whether it can be seen there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDateEdit, QLineEdit, QWidget

from tests.ui.fitting import seen
from ui.widgets.reading import stop

MOST = 250


def wanted(root: QWidget) -> set[QWidget]:
    """What takes the keyboard by Tab."""
    return {
        one
        for one in seen(root)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.isEnabled()
        and one.focusProxy() is None
        and not isinstance(one.parent(), QLineEdit)
    }


def pressed(root: QWidget, key: Qt.Key) -> list[QWidget]:
    """Where the keyboard is, press by press, until it is where it began."""
    begin = root.focusWidget()
    if begin is None or not stop(begin):  # the window itself has it, or what only scrolls
        QTest.keyClick(root if begin is None else begin, key)
        begin = root.focusWidget()
    assert begin is not None
    assert QApplication.focusWidget() is begin
    found = [begin]
    for _ in range(MOST):
        now = QApplication.focusWidget()
        assert now is not None
        QTest.keyClick(now, key)
        QApplication.sendPostedEvents()  # what comes into sight has its place
        after = QApplication.focusWidget()
        assert after is not None
        assert not obscured(after), f"hidden behind something: {called(after)}"
        if after is now and isinstance(now, QDateEdit):
            continue  # it has three parts
        if after is begin:
            return found
        found.append(after)
    raise AssertionError(f"no way round: {[called(one) for one in found[-6:]]}")


def called(one: QWidget) -> str:
    """A widget for a person who reads a failure."""
    return f"{type(one).__name__} {one.accessibleName() or getattr(one, 'text', str)()!r}"


def box(one: QWidget) -> QRect:
    """Where it stands in its window."""
    return QRect(one.mapTo(one.window(), QPoint(0, 0)), one.size())


def obscured(one: QWidget) -> bool:
    """Whether nothing of it can be seen where it has the keyboard (WCAG 2.4.11)."""
    shown = box(one).intersected(one.window().rect())
    step = one.parentWidget()
    while step is not None and not step.isWindow():
        above = step.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is step:
            shown = shown.intersected(box(step))
        step = above
    if shown.isEmpty():
        return True
    found = one.window().childAt(shown.center())
    return not (found is one or (found is not None and one.isAncestorOf(found)))


def backwards(stops: list[QWidget]) -> Iterator[str]:
    """Steps against the order of reading: up without going right, or left on the same line.

    One is left out, which leads from the end to the beginning.
    """
    found = list(_back([*stops, stops[0]]))
    yield from found[1:]


def _back(stops: list[QWidget]) -> Iterator[str]:
    for a, b in pairwise(stops):
        at_a, at_b = (box(part) for part in apart(a, b))
        up = at_b.bottom() <= at_a.top() and at_b.left() < at_a.right()
        level = min(at_a.bottom(), at_b.bottom()) - max(at_a.top(), at_b.top())
        left = level > min(at_a.height(), at_b.height()) / 2 and at_b.right() <= at_a.left()
        if up or left:
            yield f"{called(a)} -> {called(b)}"


def apart(a: QWidget, b: QWidget) -> tuple[QWidget, QWidget]:
    """The two, or what of them scrolls while the other stays where it is."""
    around_a, around_b = holders(a), holders(b)
    shared = [one for one in around_a if one in around_b]
    outer_a = [one for one in around_a if one not in shared]
    outer_b = [one for one in around_b if one not in shared]
    return (outer_a or [a])[-1], (outer_b or [b])[-1]


def holders(one: QWidget) -> list[QWidget]:
    """Everything it scrolls in, the innermost first."""
    found: list[QWidget] = []
    step = one
    while (above := step.parentWidget()) is not None and not step.isWindow():
        holder = above.parentWidget()
        if isinstance(holder, QAbstractScrollArea) and holder.viewport() is above:
            found.append(holder)
        step = above
    return found
