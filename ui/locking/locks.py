"""Everything that locks a window by itself, wired to it from unlock to lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from ui.locking.idle import IdleWatch, minutes_of

if TYPE_CHECKING:
    from ui.frame import Frame
    from ui.locking.desktop import DesktopWatch
    from ui.shell import Shell


class Locks(QObject):
    """Locks the shell; what was copied here and is still in the clipboard goes, too.

    While files move the idle time does not lock, for locking stops them; leaving the desktop and
    sleep do. Where uploads are to go on while it is locked (`carries`), it locks.

    Args:
        clock: seconds since 1970 UTC.
        chosen: what memory.py has kept.
    """

    def __init__(self, shell: Shell, frame: Frame, clock: Callable[[], float], chosen: str) -> None:
        super().__init__(shell)
        self._lock = shell.lock
        self._frame = frame
        self.carries = False
        self.idle = IdleWatch((clock, time.monotonic), self._in_the_way, self)
        self.idle.minutes = minutes_of(chosen)
        self.idle.idle.connect(self._lock)
        self._copied_here = False
        QGuiApplication.clipboard().dataChanged.connect(self._copied)
        self.desktop = self._desktop()
        if self.desktop is not None:
            self.desktop.leaving.connect(self._lock)

    def _in_the_way(self) -> bool:
        return bool(self._frame.room.status.moving) and not self.carries

    def _desktop(self) -> DesktopWatch | None:
        if QGuiApplication.platformName() in ("windows", "cocoa"):
            return None
        from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415 - only where there is a bus

        from ui.locking.desktop import DesktopWatch  # noqa: PLC0415

        return DesktopWatch(QDBusConnection.systemBus(), QDBusConnection.sessionBus(), self)

    def _copied(self) -> None:
        """Copied while this program is in front, so copied here: not every platform says."""
        active = Qt.ApplicationState.ApplicationActive
        self._copied_here = QGuiApplication.applicationState() == active

    def after(self, minutes: int) -> None:
        """Another choice."""
        self.idle.minutes = minutes

    def follow(self, frame: Frame) -> None:
        """The same profile in another frame: the language was changed."""
        self._frame = frame

    def done(self) -> None:
        """The keys are gone; sleep waited for this."""
        if self.desktop is not None:
            self.desktop.let_sleep()
        self.deleteLater()

    def stop(self) -> None:
        """The window locks: watch no more, and take back what was copied."""
        self.idle.stop()
        QGuiApplication.clipboard().dataChanged.disconnect(self._copied)
        self.take_back()

    def take_back(self) -> None:
        """What was copied here leaves the clipboard: the window locks, or a space was wiped."""
        clipboard = QGuiApplication.clipboard()
        if self._copied_here or clipboard.ownsClipboard():
            clipboard.clear()
