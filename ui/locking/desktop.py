"""The desktop was locked, or the machine is about to sleep: told by D-Bus, where there is one.

Sleep waits for us: logind is asked for a delay, and the file descriptor that stands for it is
closed by the system when the locked program begins anew (ui/again.py), which is when the keys are
gone. Names: org.freedesktop.login1(5), the freedesktop.org and the desktops' own screen savers.
On systems without D-Bus nothing is told, and the idle time alone locks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusObjectPath,
    QDBusPendingCallWatcher,
    QDBusUnixFileDescriptor,
)

_LOGIN: Final = "org.freedesktop.login1"
_MANAGER: Final = "org.freedesktop.login1.Manager"
_SESSION: Final = "org.freedesktop.login1.Session"
_LOGIN_PATH: Final = "/org/freedesktop/login1"
# The stubs want bytes here; what PySide takes is the text that SLOT makes.
_ACTIVE: Final[Any] = SLOT("_active(bool)")
_LOCK: Final[Any] = SLOT("_lock()")
_SAVERS: Final = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)


class DesktopWatch(QObject):
    """Tells `leaving` when the person leaves the desktop.

    Args:
        system: the bus of the machine; session: that of the desktop.
    """

    leaving = Signal()

    def __init__(self, system: QDBusConnection, session: QDBusConnection, parent: QObject) -> None:
        super().__init__(parent)
        self._system = system
        self._delay: QDBusUnixFileDescriptor | None = None
        self._calls: list[QDBusPendingCallWatcher] = []
        for saver in _SAVERS:
            session.connect("", "", saver, "ActiveChanged", self, _ACTIVE)
        system.connect(_LOGIN, _LOGIN_PATH, _MANAGER, "PrepareForSleep", self, _ACTIVE)
        if system.isConnected():
            self._ask("GetSessionByPID", [os.getpid()], self._session_known)
            reason = "Messages and evidence are locked first"
            self._ask("Inhibit", ["sleep", "JIT Client", reason, "delay"], self._delayed)

    @property
    def delays_sleep(self) -> bool:
        """Whether the machine waits for us before it sleeps."""
        return self._delay is not None and self._delay.isValid()

    def let_sleep(self) -> None:
        """Locked: the machine need not wait any longer."""
        self._delay = None

    def _ask(
        self, method: str, arguments: list[object], then: Callable[[QDBusPendingCallWatcher], None]
    ) -> None:
        """Without waiting: a bus that does not answer holds nobody up."""
        message = QDBusMessage.createMethodCall(_LOGIN, _LOGIN_PATH, _MANAGER, method)
        message.setArguments(arguments)
        call = QDBusPendingCallWatcher(self._system.asyncCall(message), self)
        call.finished.connect(lambda: self._answered(call, then))
        self._calls.append(call)

    def _answered(
        self, call: QDBusPendingCallWatcher, then: Callable[[QDBusPendingCallWatcher], None]
    ) -> None:
        then(call)
        self._calls.remove(call)  # it keeps the answer, and with it a copy of the delay
        call.deleteLater()

    def _session_known(self, call: QDBusPendingCallWatcher) -> None:
        found = _first(call)
        if isinstance(found, QDBusObjectPath):
            self._system.connect(_LOGIN, found.path(), _SESSION, "Lock", self, _LOCK)

    def _delayed(self, call: QDBusPendingCallWatcher) -> None:
        found = _first(call)
        if isinstance(found, QDBusUnixFileDescriptor):
            self._delay = found

    @Slot(bool)
    def _active(self, yes: bool) -> None:
        if yes:
            self.leaving.emit()

    @Slot()
    def _lock(self) -> None:
        self.leaving.emit()


def _first(call: QDBusPendingCallWatcher) -> object:
    """The first value of an answer; None for a refusal."""
    message = call.reply()
    arguments = message.arguments()
    if message.type() is not QDBusMessage.MessageType.ReplyMessage or not arguments:
        return None
    return arguments[0]
