"""Where Tab goes, and that what it reaches is in sight (WCAG 2.4.3, 2.4.11)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final, cast

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGridLayout,
    QLayout,
    QMainWindow,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QWidget,
)

from ui.theme import tokens

_ROOM: Final = tokens.S4  # around what has the keyboard, for its ring


class InSight(QObject):
    """Scrolls to what the keyboard came to. One per application.

    Qt does so inside a scroll area only, and not for what Tab enters from outside.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        step = new.parentWidget()
        while step is not None:
            if isinstance(step, QScrollArea):
                step.ensureWidgetVisible(new, _ROOM, _ROOM)
            step = step.parentWidget()


class InOrder:
    """Before the class of a window: Tab goes through it in the order of reading."""

    def focusNextPrevChild(self: QWidget, forward: bool) -> bool:  # type: ignore[misc]
        """Asked by whatever has the keyboard when Tab is pressed in it."""
        return go_on(self, forward)


class Still(QWidget):
    """A row in which Tab stops nowhere: its list is one stop, and has keys of its own."""


def go_on(window: QWidget, forward: bool) -> bool:
    """Move the keyboard to the next stop in the order of reading; False where there is none.

    Qt goes in the order in which widgets were made: what comes later, as rows and pages do, would
    come last, wherever it stands.
    """
    order = list(_read(window))
    stops = [at for at, one in enumerate(order) if stop(one)]
    if not stops:
        return False
    here = _place(window.focusWidget(), order)
    if forward:
        at = next((at for at in stops if at > here), stops[0])
    else:
        at = next((at for at in reversed(stops) if at < here), stops[-1])
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    order[at].setFocus(reason)
    return True


def first_stop(part: QWidget) -> QWidget | None:
    """What Tab comes to first in a part of a window."""
    return next((one for one in _read(part) if stop(one)), None)


def stop(one: QWidget) -> bool:
    """Whether Tab stops here."""
    tab = bool(one.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return tab and one.isEnabled() and one.focusProxy() is None


def _place(now: QWidget | None, order: list[QWidget]) -> int:
    """Where the keyboard is, or what it is inside of; before everything if it is nowhere."""
    while now is not None:
        if now in order:
            return order.index(now)
        now = now.parentWidget()
    return -1


def _read(part: QWidget) -> Iterator[QWidget]:
    """A part of a window and all of its parts that are shown, as they follow each other."""
    yield part
    if isinstance(part, QAbstractItemView | QPlainTextEdit | QAbstractSpinBox | QComboBox):
        return  # what is inside is theirs
    for inner in _parts(part):
        if inner.isVisibleTo(part) and not isinstance(inner, Still):
            yield from _read(inner)


def _parts(part: QWidget) -> Iterator[QWidget]:
    layout = part.layout()
    widgets = [one for one in part.children() if isinstance(one, QWidget)]
    inside: list[QWidget | None]
    if isinstance(part, QScrollArea):
        inside = [part.widget()]
    elif isinstance(part, QMainWindow):
        inside = [part.menuWidget(), part.centralWidget()]
    elif isinstance(part, QSplitter):
        inside = [part.widget(at) for at in range(part.count())]
    elif layout is not None:
        inside = list(_laid(layout, widgets))
    else:
        inside = list(widgets)
    yield from (one for one in inside if one is not None)


def _laid(layout: QLayout, widgets: list[QWidget]) -> Iterator[QWidget]:
    """Those of `widgets` that it places, and the layouts in it.

    It is never asked for its items: tests/architecture/test_wrappers.py says why.
    """
    inner = (one for one in layout.children() if isinstance(one, QLayout))
    places: dict[int, QWidget | QLayout] = {layout.indexOf(one): one for one in widgets}
    places |= {layout.indexOf(one): one for one in inner}
    order = sorted(at for at in places if at >= 0)
    if isinstance(layout, QGridLayout):
        order.sort(key=partial(_row_and_column, layout))
    for at in order:
        one = places[at]
        if isinstance(one, QLayout):
            yield from _laid(one, widgets)
        else:
            yield one


def _row_and_column(grid: QGridLayout, at: int) -> tuple[int, int]:
    row, column, *_ = cast("tuple[int, int, int, int]", grid.getItemPosition(at))
    return row, column
