"""The focus ring: 2 px, with a 2 px gap, around whatever has the keyboard."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QPlainTextEdit,
    QWidget,
)

from ui.theme import tokens
from ui.theme.style import palette
from ui.widgets.crisp import paint_frame

REACH: Final = tokens.RING_WIDTH + tokens.RING_GAP
_MOVES = {
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ParentChange,
}


class FocusRing(QObject):
    """Follows the keyboard focus of the application. One per application.

    A click on a button shows no ring; the keyboard, and every text field, does.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._mark: _Mark | None = None
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        app.focusChanged.connect(self._focus_changed)

    @property
    def target(self) -> QWidget | None:
        """What the ring is around now."""
        return self._target if self._mark is not None else None

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._drop()
        if new is None or new.isWindow():
            return
        by_mouse = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if by_mouse or isinstance(new, QPlainTextEdit):
            return  # A line edit shows its own border; the composer lights its whole frame.
        self._target = new
        host = _host(new)
        self._mark = _Mark(host)
        self._watch(new, host)
        self._place()

    def _watch(self, new: QWidget, host: QWidget) -> None:
        step: QWidget | None = new
        while step is not None and step is not host:
            step.installEventFilter(self)
            self._watched.append(step)
            step = step.parentWidget()
        new.destroyed.connect(self._gone)

    def _gone(self) -> None:
        self._watched = []
        self._target = None
        self._drop()

    def _drop(self) -> None:
        for widget in self._watched:
            try:
                widget.removeEventFilter(self)
            except RuntimeError:  # the C++ side is gone already
                continue
        if self._target is not None:
            with suppress(RuntimeError):
                self._target.destroyed.disconnect(self._gone)
        self._watched = []
        self._target = None
        if self._mark is not None:
            try:
                self._mark.hide()
                self._mark.deleteLater()
            except RuntimeError:
                pass
            self._mark = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move with the widget."""
        if event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        if self._mark is None or self._target is None:
            return
        try:
            host = self._mark.parentWidget()
            if host is None:
                return
            inset = isinstance(self._target, QAbstractItemView)
            reach = -1 if inset else REACH
            corner = self._target.mapTo(host, QPoint(0, 0))
            box = QRect(corner, self._target.size()).adjusted(-reach, -reach, reach, reach)
            self._mark.setGeometry(box.intersected(host.rect()))
            self._mark.setVisible(self._target.isVisible())
            self._mark.raise_()
        except RuntimeError:
            self._mark = None


def _host(widget: QWidget) -> QWidget:
    """The nearest ancestor that scrolls as a whole with the widget, or the window."""
    step = widget
    while True:
        parent = step.parentWidget()
        if parent is None or step.isWindow():
            return step
        above = parent.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is parent:
            return step
        step = parent


class _Mark(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring only; the gap shows what is below."""
        painter = QPainter(self)
        paint_ring(painter, QRectF(self.rect()))
        painter.end()


def paint_ring(painter: QPainter, box: QRectF) -> None:
    """Draw the ring just inside of `box`, which reaches `REACH` px beyond what it is around."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    paint_frame(painter, box, 9, palette().ring, width=tokens.RING_WIDTH)
