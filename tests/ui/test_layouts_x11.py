"""Real keys of a real X server under each layout; needs Xvfb, setxkbmap, libX11 and libXtst."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from ctypes.util import find_library
from threading import Timer
from typing import Final

import pytest

from tests.architecture.tree import ROOT

TOOLS: Final = ("Xvfb", "setxkbmap")
LIBRARIES: Final = ("X11", "Xtst")
_MISSING: Final = [
    *(one for one in TOOLS if shutil.which(one) is None),
    *(one for one in LIBRARIES if find_library(one) is None),
]
pytestmark = pytest.mark.skipif(
    bool(_MISSING), reason=f"NOT TRIED: keys under real layouts, for want of {_MISSING}"
)
CTRL, SHIFT, ALT, F2, ESCAPE = 37, 50, 64, 68, 9
KEYS: Final = {
    "R": (27,),
    "O": (32,),
    "N": (57,),
    "D": (40,),
    "F": (41,),
    "Ctrl+K": (CTRL, 45),
    "Ctrl+Shift+K": (CTRL, SHIFT, 45),
    "Alt+A": (ALT, 38),
    "Ctrl+1": (CTRL, 10),
    "1": (10,),
}
"""Each shortcut, and the keys of a `us` keyboard by their numbers."""
ELSEWHERE: Final = {"fr": {"Alt+A": (ALT, 24)}}
"""A Latin letter is where it is printed."""
TYPED: Final = {"us": "r", "gr": "ρ", "bg": "и", "bg(phonetic)": "р", "fr": "r", "cz": "r"}


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen without a window manager."""
    read, write = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        yield f":{number}"
        server.terminate()


_PATIENCE: Final = 180.0


class Keyboard:
    """Presses keys by number, as a keyboard does; xdotool would choose the layout itself."""

    def __init__(self, display: str) -> None:
        self._x11, self._test = (ctypes.CDLL(find_library(one)) for one in LIBRARIES)
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._server = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))

    def press(self, keys: tuple[int, ...]) -> None:
        """All of them together."""
        for key, down in (*((one, 1) for one in keys), *((one, 0) for one in reversed(keys))):
            self._test.XTestFakeKeyEvent(self._server, key, down, 0)
        self._x11.XSync(self._server, 0)

    def focus(self, window: int) -> None:
        """What a window manager does."""
        self._x11.XSetInputFocus(self._server, window, 1, 0)
        self._x11.XSync(self._server, 0)

    def second_layout(self) -> None:
        """What the keyboard indicator of a desktop does."""
        self._x11.XkbLockGroup(self._server, 0x100, 1)
        self._x11.XSync(self._server, 0)

    def close(self) -> None:
        """Let go of the server."""
        self._x11.XCloseDisplay(self._server)


def _typed(display: str, layouts: str) -> tuple[list[str], str]:
    """Which shortcuts answered when every key was pressed once, and what R typed into a field."""
    given = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    subprocess.run(["setxkbmap", "-layout", *_split(layouts)], env=given, check=True, timeout=60)
    keyboard = Keyboard(display)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.typist", *KEYS],
        cwd=ROOT,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        watch = Timer(_PATIENCE, program.kill)  # what hangs is ended, and then reads as dead keys
        watch.daemon = True
        watch.start()
        window = program.stdout.readline().split()
        if not window:
            pytest.skip("NOT TRIED: Qt finds no X11 plugin here")
        keyboard.focus(int(window[1]))
        assert program.stdout.readline() == "ready\n"
        if "," in layouts:
            keyboard.second_layout()
        for keys in {**KEYS, **ELSEWHERE.get(layouts, {})}.values():
            keyboard.press(keys)
        for keys in ((F2,), KEYS["R"], (ESCAPE,)):
            keyboard.press(keys)
        said = program.stdout.read().splitlines()
        watch.cancel()
    keyboard.close()
    text = [one.removeprefix("text ") for one in said if one.startswith("text ")]
    return [one for one in said if not one.startswith("text ")], "".join(text)


def _split(layouts: str) -> list[str]:
    name, _, variant = layouts.partition("(")
    return [name, "-variant", variant.rstrip(")")]


@pytest.mark.parametrize(
    "layouts", ["us", "gr", "bg", "bg(phonetic)", "us,gr", "us,bg", "fr", "cz", "lt"]
)
def test_the_keys_of_the_table_work_and_letters_are_typed(display: str, layouts: str) -> None:
    pressed, text = _typed(display, layouts)

    assert pressed == list(KEYS)
    assert text == TYPED.get(layouts.rpartition(",")[2], "r")
