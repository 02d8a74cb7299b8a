"""A reader outside the program: a display, a bus, and the accessible tree over AT-SPI.

It speaks D-Bus itself (jeepney), so that no library of the desktop stands between it and what the
program tells.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jeepney import DBusAddress, MatchRule, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

PATIENCE: Final = 90.0
"""Seconds until something that is waited for is given up; never a measure of anything."""
_LAUNCHERS: Final = (
    "/usr/libexec/at-spi-bus-launcher",
    "/usr/lib/at-spi2-core/at-spi-bus-launcher",
)
_ROOT: Final = "/org/a11y/atspi/accessible/root"
_REGISTRY: Final = "/org/a11y/atspi/registry"
_A11Y: Final = "org.a11y.atspi."
SHOWING: Final = 25  # its number in at-spi2-core (atspi-constants.h)


def missing() -> list[str]:
    """What this machine lacks for it."""
    lacking = [one for one in ("Xvfb", "dbus-daemon") if shutil.which(one) is None]
    return lacking if launcher() is not None else [*lacking, "at-spi2-core"]


def launcher() -> str | None:
    """The program that starts the bus of AT-SPI."""
    return next((one for one in _LAUNCHERS if Path(one).exists()), None)


@contextlib.contextmanager
def desktop(folder: Path) -> Iterator[dict[str, str]]:
    """A display, a session bus and the bus of AT-SPI; yields the environment of a program there."""
    with contextlib.ExitStack() as ending:
        display = f":{_told(ending, ['Xvfb', '-displayfd', '{fd}', '-screen', '0', '1280x900x24'])}"
        bus = _told(ending, ["dbus-daemon", "--session", "--nofork", "--print-address={fd}"])
        made = {
            **{key: os.environ[key] for key in ("PATH", "LC_ALL") if key in os.environ},
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "DISPLAY": display,
            "DBUS_SESSION_BUS_ADDRESS": bus,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        _run(ending, [str(launcher()), "--launch-immediately"], env=made)
        yield made


def _told(ending: contextlib.ExitStack, words: list[str]) -> str:
    """Start a program that tells one line about itself where `{fd}` says."""
    read, write = os.pipe()
    _run(ending, [one.replace("{fd}", str(write)) for one in words], pass_fds=(write,))
    os.close(write)
    with os.fdopen(read) as told:
        return told.readline().strip()


def _run(
    ending: contextlib.ExitStack,
    words: list[str],
    *,
    env: dict[str, str] | None = None,
    pass_fds: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(words, stdout=nowhere, stderr=nowhere, env=env, pass_fds=pass_fds)
    ending.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def started(words: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program on that desktop."""
    with contextlib.ExitStack() as ending:
        yield _run(ending, words, env=env)


@dataclass(frozen=True)
class Node:
    """One object of the tree, as others see it."""

    bus: str
    path: str


class Reader:
    """Asks over the bus of AT-SPI, as a screen reader does."""

    def __init__(self, env: dict[str, str]) -> None:
        session = open_dbus_connection(env["DBUS_SESSION_BUS_ADDRESS"])
        asked = DBusAddress("/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus")
        (address,) = until(lambda: _answer(session, new_method_call(asked, "GetAddress")))
        session.close()
        self._bus = open_dbus_connection(address)

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def _call(self, node: Node, interface: str, member: str, sign: str = "", *body: Any) -> Any:
        at = DBusAddress(node.path, bus_name=node.bus, interface=_A11Y + interface)
        return _answer(self._bus, new_method_call(at, member, sign or None, body))

    def _property(self, node: Node, name: str) -> Any:
        at = DBusAddress(node.path, bus_name=node.bus, interface=_A11Y + "Accessible")
        found = _answer(self._bus, Properties(at).get(name))
        return found[0][1] if found else ""

    def name(self, node: Node) -> str:
        """What it is called."""
        return str(self._property(node, "Name"))

    def role(self, node: Node) -> str:
        """What kind of thing it is, in AT-SPI's words."""
        found = self._call(node, "Accessible", "GetRoleName")
        return str(found[0]) if found else ""

    def has(self, node: Node, state: int) -> bool:
        """Whether it is in a state."""
        found = self._call(node, "Accessible", "GetState")
        bits = found[0] if found else [0, 0]
        return bool(bits[state // 32] >> state % 32 & 1)

    def children(self, node: Node) -> list[Node]:
        """What is in it, in order."""
        found = self._call(node, "Accessible", "GetChildren")
        return [Node(*one) for one in (found[0] if found else [])]

    def programs(self) -> list[Node]:
        """Every program on the desktop."""
        return self.children(Node("org.a11y.atspi.Registry", _ROOT))

    def walk(self, node: Node) -> Iterator[Node]:
        """It and everything below it that is shown."""
        yield node
        for one in self.children(node):
            yield from self.walk(one)

    def find(self, fits: Callable[[str, str], bool]) -> Node:
        """Wait for an object whose role and name fit, anywhere on the desktop."""
        try:
            found: Node = until(lambda: self._first(fits))
            return found
        except TimeoutError:
            raise AssertionError(f"not there, but: {self._shown()}") from None

    def _shown(self) -> list[str]:
        every = [one for program in self.programs() for one in self.walk(program)]
        return [
            f"{self.role(one)} {self.name(one)!r}"
            for one in every
            if self.name(one) and self.has(one, SHOWING)
        ]

    def _first(self, fits: Callable[[str, str], bool]) -> Node | None:
        for program in self.programs():
            for one in self.walk(program):
                if fits(self.role(one), self.name(one)) and self.has(one, SHOWING):
                    return one
        return None

    def type(self, node: Node, text: str) -> None:
        """Write into a field."""
        self._call(node, "EditableText", "InsertText", "isi", 0, text, len(text))

    def actions(self, node: Node) -> list[str]:
        """The names of what can be done with it."""
        found = self._call(node, "Action", "GetActions")
        return [one[0] for one in (found[0] if found else [])]

    def do(self, node: Node, action: str) -> None:
        """Do one of its actions."""
        self._call(node, "Action", "DoAction", "i", self.actions(node).index(action))

    @contextlib.contextmanager
    def listening(self) -> Iterator[Callable[[Callable[[str], bool]], bool]]:
        """Hear announcements; yields what tells whether one came by now whose words fit."""
        rule = MatchRule(
            type="signal", interface="org.a11y.atspi.Event.Object", member="Announcement"
        )
        _answer(self._bus, message_bus.AddMatch(rule))
        registry = DBusAddress(_REGISTRY, bus_name=_A11Y + "Registry", interface=_A11Y + "Registry")
        _answer(self._bus, new_method_call(registry, "RegisterEvent", "s", ("object:",)))
        with self._bus.filter(rule, bufsize=200) as heard:

            def said(fits: Callable[[str], bool]) -> bool:
                self.programs()  # whatever was on its way before this answer has come
                return any(fits(str(one.body[3][1])) for one in heard)

            yield said


def _answer(bus: DBusConnection, message: Any) -> Any:
    reply = bus.send_and_get_reply(message, timeout=PATIENCE)
    return None if reply.header.message_type is MessageType.error else reply.body


def until(ask: Callable[[], Any]) -> Any:
    """Ask until the answer is not empty."""
    end = time.monotonic() + PATIENCE
    while not (found := ask()):
        if time.monotonic() > end:
            raise TimeoutError("it never came")
        time.sleep(0.1)
    return found
