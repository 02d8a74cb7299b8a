"""Windows stay where somebody can reach them: a monitor is unplugged, or a space of it is taken.

At the next start Qt itself puts a remembered window onto a screen that is there; while the program
runs it leaves a window where its screen was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QRect, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

_HANDLE: Final = 32  # of the upper edge, in pixels: what a person takes hold of
_WIDTH: Final = 120


def reachable(frame: QRect, screens: Sequence[QRect]) -> bool:
    """Whether enough of a window's upper edge is on one of the screens to take hold of it."""
    handle = QRect(frame.left(), frame.top(), frame.width(), _HANDLE)
    least = min(_WIDTH, frame.width())
    seen = (handle.intersected(one) for one in screens)
    return any(one.width() >= least and one.height() >= _HANDLE for one in seen)


def brought(frame: QRect, screens: Sequence[QRect]) -> QRect:
    """Where a window is to stand: as it is if it can be reached, else whole on the nearest screen.

    Args:
        frame: the window with its frame.
        screens: what windows may use of each screen, the first one first; none: it stays.
    """
    if not screens or reachable(frame, screens):
        return frame
    near = min(screens, key=lambda one: _away(frame, one))
    size = frame.size().boundedTo(near.size())
    left = max(near.left(), min(frame.left(), near.left() + near.width() - size.width()))
    top = max(near.top(), min(frame.top(), near.top() + near.height() - size.height()))
    return QRect(left, top, size.width(), size.height())


def _away(frame: QRect, screen: QRect) -> int:
    apart = frame.center() - screen.center()
    return abs(apart.x()) + abs(apart.y())


def bring(window: QWidget) -> None:
    """Put a window where it can be reached, if it cannot."""
    frame, inner = window.frameGeometry(), window.geometry()
    wanted = brought(frame, [one.availableGeometry() for one in QApplication.screens()])
    if wanted == frame:
        return
    window.setGeometry(
        wanted.adjusted(
            inner.left() - frame.left(),
            inner.top() - frame.top(),
            inner.right() - frame.right(),
            inner.bottom() - frame.bottom(),
        )
    )


class OnScreen(QObject):
    """Brings every window back when the screens change."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)  # after Qt has given the windows another screen
        self._soon.timeout.connect(self._bring)
        app.screenRemoved.connect(self._changed)
        app.primaryScreenChanged.connect(self._changed)

    @Slot()
    def _changed(self) -> None:
        self._soon.start()

    @Slot()
    def _bring(self) -> None:
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window.isWindow() and not _whole(window):
                bring(window)


def _whole(window: QWidget) -> bool:
    """The system places it itself."""
    return window.isMaximized() or window.isFullScreen() or window.isMinimized()
