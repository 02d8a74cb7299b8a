"""Notices of the desktop: that something came, and never what, from whom or where.

org.freedesktop.Notifications over the session's bus. Spoken with jeepney, because the method wants
an unsigned number and PySide sends every number as a signed one, which desktops refuse. Windows and
macOS are not built.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from protocol.errors import JitError
from ui.language import tr

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

    from ui.shell import Shell

LOOK_MS: Final = 2_000
WARN_MS: Final = 3_600_000
NAME: Final = "org.freedesktop.Notifications"
_PATH: Final = "/org/freedesktop/Notifications"
_ENTRY: Final = "eu.jitclient.JitClient"
_METHOD: Final = "Notify"
_NORMAL: Final = 1
_OURS_TO_CHOOSE: Final = -1


class Desk(QObject):
    """The desktop's own place for notices. One of ours is shown at a time.

    Args:
        address: of the bus; the session's by default.
    """

    clicked = Signal()

    def __init__(self, parent: QObject, address: str = "SESSION") -> None:
        super().__init__(parent)
        self._address = address
        self._line: DBusConnection | None = None
        self._hears: QSocketNotifier | None = None
        self._asked = 0
        self._shown = 0

    async def show(self, words: str) -> bool:
        """Show a notice in the place of the one before. False: this desktop has none."""
        try:
            if self._line is None:
                self._take(await asyncio.to_thread(_open, self._address))
            if self._line is not None:
                self._asked = next(self._line.outgoing_serial)
                self._line.send(_notify(words, self._shown), serial=self._asked)
        except (OSError, ValueError, KeyError, EOFError):
            self.close()
            return False
        return True

    def close(self) -> None:
        """The window locks, or the bus is gone."""
        if self._hears is not None:
            self._hears.setEnabled(False)
            self._hears.deleteLater()
        line, self._line, self._hears, self._shown = self._line, None, None, 0
        if line is not None:
            with suppress(OSError):
                line.close()

    def _take(self, line: DBusConnection) -> None:
        self._line = line
        self._hears = QSocketNotifier(line.sock.fileno(), QSocketNotifier.Type.Read, self)
        self._hears.activated.connect(self._readable)

    def _readable(self) -> None:
        from jeepney import HeaderFields, MessageType  # noqa: PLC0415 - where there is a bus

        while self._line is not None:
            try:
                said = self._line.receive(timeout=0)
            except TimeoutError:
                return
            except (OSError, EOFError, ValueError):
                self.close()
                return
            fields, kind = said.header.fields, said.header.message_type
            if kind is MessageType.method_return:
                if fields.get(HeaderFields.reply_serial) == self._asked and said.body:
                    self._shown = int(said.body[0])
            elif kind is MessageType.signal and said.body and said.body[0] == self._shown:
                if fields.get(HeaderFields.member) == "ActionInvoked":
                    self.clicked.emit()
                elif fields.get(HeaderFields.member) == "NotificationClosed":
                    self._shown = 0


class Notices(QObject):
    """While the window is unlocked and not in front: a notice when more is unread than before."""

    def __init__(self, shell: Shell, desk: Desk, come_to_front: Callable[[], None]) -> None:
        super().__init__(shell)
        self._shell, self._desk = shell, desk
        self._unread: int | None = None
        desk.clicked.connect(come_to_front)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._due: int | None = None  # warnings of what the store erases, at the last look
        self._hours = QTimer(self)
        self._hours.setInterval(WARN_MS)
        self._hours.timeout.connect(self.look_at_store)
        self._hours.start()

    def look_at_store(self) -> None:
        """Whether more warnings are due that the store erases what is not here yet."""
        if self._shell.frame is not None:
            self._shell.tasks.start(self._warn(), name="erasure-warning")

    async def _warn(self) -> None:
        frame = self._shell.frame
        if frame is None:
            return
        with suppress(JitError):  # locked or wiped meanwhile; the next hour looks again
            before, self._due = self._due, await frame.room.desk.today.warnings()
            if before is not None and self._due > before and not self._shell.isActiveWindow():
                await self._desk.show(tr("Something waits for you in a JIT space"))

    def look(self, watching: bool | None = None) -> None:
        """Compare with the last look; `watching` as if the window were in front, or not."""
        frame = self._shell.frame
        if frame is None:
            self._unread = self._due = None
            self._desk.close()
            return
        state = frame.room.spaces.state
        if state.loading:
            return
        before, self._unread = self._unread, sum(tile.unread for tile in state.tiles)
        front = self._shell.isActiveWindow() if watching is None else watching
        if before is not None and self._unread > before and not front:
            self._shell.tasks.start(self._tell(), name="notice")

    async def _tell(self) -> None:
        await self._desk.show(tr("New activity in a JIT space"))


def _open(address: str) -> DBusConnection:
    """Blocks while the bus greets us."""
    from jeepney import MatchRule, message_bus  # noqa: PLC0415 - where there is a bus
    from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

    line = open_dbus_connection(address)
    for member in ("ActionInvoked", "NotificationClosed"):
        rule = MatchRule(type="signal", interface=NAME, member=member, path=_PATH)
        line.send_and_get_reply(message_bus.AddMatch(rule), timeout=5)
    return line


def _notify(words: str, instead_of: int) -> Message:
    from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 - where there is a bus

    hints: dict[str, tuple[str, Any]] = {
        "urgency": ("y", _NORMAL),
        "desktop-entry": ("s", _ENTRY),
        "category": ("s", "im.received"),
    }
    return new_method_call(
        DBusAddress(_PATH, bus_name=NAME, interface=NAME),
        _METHOD,
        "susssasa{sv}i",
        ("JIT Client", instead_of, _ENTRY, words, "", ["default", tr("Show")], hints,
         _OURS_TO_CHOOSE),
    )  # fmt: skip
