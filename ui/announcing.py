"""Says to screen readers what changed where the keyboard is not (WCAG 4.1.3)."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.hearing import Hearer
from ui.room import Room
from ui.widgets.saying import tell

LOOK_MS: Final = 1_500  # no oftener does the window speak by itself


class Announcer(QObject):
    """Lives with a frame, and so from unlock to lock: a locked window says nothing of a case.

    Of several windows the first tells what came: each thing is said once.
    """

    def __init__(self, frame: QWidget, room: Room, *, first: bool = True) -> None:
        super().__init__(frame)
        self._frame = frame
        self._hearer = Hearer(room, whole=first)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self, watching: bool | None = None) -> None:
        """Say what came since the last look; `watching` as if the window were in front, or not."""
        front = self._frame.isActiveWindow() if watching is None else watching
        for one in self._hearer.look(watching=front):
            tell(self._frame, one.words, urgent=one.urgent)

    def stop(self) -> None:
        """The window locks."""
        self._timer.stop()
