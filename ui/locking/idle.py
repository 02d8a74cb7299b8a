"""Nobody has touched keyboard, pointer, pen or screen for so long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from ui.watching import leave, watch

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.InputMethod,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.Drop,
    }
)
_LOOK_MS: Final = 5_000
MINUTES: Final = (2, 5, 10, 30, 60)
"""What can be chosen; 0 is never."""
USUAL_MINUTES: Final = 10


def minutes_of(kept: str) -> int:
    """What was chosen; what cannot have been chosen is the usual."""
    chosen = {str(minutes): minutes for minutes in (*MINUTES, 0)}
    return chosen.get(kept, USUAL_MINUTES)


class IdleWatch(QObject):
    """Tells `idle` once nobody touched any window of the program for `minutes`.

    Args:
        clocks: seconds that go on, each in its own way: one may stand still while the machine
            sleeps, one may be set back. The one that says more time has passed counts.
        busy: whether something is under way that nobody wants to interrupt.
    """

    idle = Signal()

    def __init__(
        self, clocks: tuple[Callable[[], float], ...], busy: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._clocks = clocks
        self._busy = busy
        self.minutes = USUAL_MINUTES
        self._touched = self._now()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        watch(self)
        self._timer.start(_LOOK_MS)

    def _now(self) -> tuple[float, ...]:
        return tuple(clock() for clock in self._clocks)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Somebody is there."""
        if event.type() in _TOUCHES:
            self._touched = self._now()
        return False

    def look(self) -> None:
        """Whether it is time."""
        passed = max(now - then for now, then in zip(self._now(), self._touched, strict=True))
        if self.minutes and passed >= 60 * self.minutes and not self._busy():
            self._touched = self._now()
            self.idle.emit()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        leave(self)
