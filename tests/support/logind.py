"""A message bus of its own with a login manager on it, for tests of what the desktop tells.

A real `dbus-daemon`; the login manager answers the two questions that are asked and says what a
test lets it say. It stands in for systemd-logind, which needs to be the machine's init.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

AVAILABLE: Final = shutil.which("dbus-daemon") is not None
_NAME: Final = "org.freedesktop.login1"
_SESSION: Final = "/org/freedesktop/login1/session/c7"
_CONFIG: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow own="*"/>
<allow eavesdrop="true"/></policy></busconfig>
"""


class LoginManager:
    """The manager, and whoever else speaks on the bus. `held`: who delays sleep keeps this open."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._line: DBusConnection = open_dbus_connection(address, enable_fds=True)
        self._line.send_and_get_reply(message_bus.RequestName(_NAME))
        self.held, self._given = os.pipe()
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        try:
            while True:
                asked = self._line.receive()
                if asked.header.message_type is MessageType.method_call:
                    self._line.send(self._reply(asked))
                    if self.asked[-1] == "Inhibit":
                        os.close(self._given)  # the other side has its own now
        except (OSError, EOFError):
            return

    def _reply(self, asked: Message) -> Message:
        what = str(asked.header.fields[HeaderFields.member])
        self.asked.append(what)
        if what == "GetSessionByPID":
            return new_method_return(asked, "o", (_SESSION,))
        return new_method_return(asked, "h", (self._given,))

    def released(self) -> bool:
        """Whether nobody delays sleep any more: the pipe's other ends are all closed."""
        os.set_blocking(self.held, False)
        try:
            return os.read(self.held, 1) == b""
        except BlockingIOError:
            return False

    def say(self, path: str, interface: str, name: str, *values: Any) -> None:
        """Send a signal."""
        signature = "b" * len(values) or None
        emitter = DBusAddress(path, interface=interface)
        self._line.send(new_signal(emitter, name, signature, values))

    def sleep(self, *, begins: bool) -> None:
        """The machine is about to sleep, or woke up."""
        path = "/org/freedesktop/login1"
        self.say(path, "org.freedesktop.login1.Manager", "PrepareForSleep", begins)

    def lock(self, session: str = _SESSION) -> None:
        """A session is asked to lock."""
        self.say(session, "org.freedesktop.login1.Session", "Lock")

    def close(self) -> None:
        """Leave the bus."""
        self._line.sock.shutdown(2)
        self._thread.join(60)
        self._line.close()
        os.close(self.held)


@contextmanager
def login_manager(folder: Path) -> Iterator[LoginManager]:
    """A bus in a folder, with a login manager."""
    config = folder / "bus.conf"
    config.write_text(_CONFIG.format(folder=folder))
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        manager = LoginManager(daemon.stdout.readline().strip())
        try:
            yield manager
        finally:
            manager.close()
            daemon.terminate()
