"""Keeps a window out of pictures of the screen, where the system can: Windows and macOS.

Windows 10 2004 and later: SetWindowDisplayAffinity(WDA_EXCLUDEFROMCAPTURE). macOS: a window's
sharingType NSWindowSharingNone. On Linux there is nothing of the kind: X11 lets every program of
the session take pictures, and Wayland leaves it to the compositor. It is an aid against a shared
screen and a careless click, not against a camera or a determined program.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

WDA_EXCLUDEFROMCAPTURE: Final = 0x11
_SHARING_NONE: Final = 0


def possible() -> bool:
    """Whether this system has a way."""
    return sys.platform in ("win32", "darwin")


class KeptOut(QObject):
    """Keeps every window of the program out of pictures, those opened later, too."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window is shown: before it can be seen, it is kept out."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            keep_out(int(watched.winId()))
        return False


def keep_out(window: int, platform: str = sys.platform) -> bool:
    """Keep one window, by its native handle, out of pictures. Returns whether the system did it."""
    if platform == "win32":
        affinity = _user32().SetWindowDisplayAffinity
        affinity.argtypes, affinity.restype = (ctypes.c_void_p, ctypes.c_uint32), ctypes.c_int
        return bool(affinity(window, WDA_EXCLUDEFROMCAPTURE))
    if platform == "darwin":
        _set_sharing(_objc(), window)
        return True
    return False


def _user32() -> Any:
    return getattr(ctypes, "windll").user32  # noqa: B009 - a name that only Windows has


def _objc() -> Any:
    return ctypes.cdll.LoadLibrary("/usr/lib/libobjc.dylib")


def _set_sharing(objc: Any, view: int) -> None:
    """`[[view window] setSharingType: NSWindowSharingNone]`."""
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = (ctypes.c_char_p,)
    send = objc.objc_msgSend
    send.restype, send.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_void_p)
    window = send(view, objc.sel_registerName(b"window"))
    if window:
        send.restype = None
        send.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
        send(window, objc.sel_registerName(b"setSharingType:"), _SHARING_NONE)
