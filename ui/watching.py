"""What looks at every event of the program, and when it need not.

A filter in Python on the application costs each event some microseconds, and a message of a
conversation comes with some hundreds: made, styled, placed and shown. None of them is a key or a
touch, so nobody looks while rows are made and placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from PySide6.QtCore import QCoreApplication, QObject
from shiboken6 import isValid

_WATCHERS: WeakSet[QObject] = WeakSet()
_INSIDE: list[bool] = []  # one for each `unseen` that is under way


def watch(watcher: QObject) -> None:
    """Let a filter see every event of the program that a person may have caused."""
    _WATCHERS.add(watcher)
    _install(watcher)


def leave(watcher: QObject) -> None:
    """It need not see any more."""
    _WATCHERS.discard(watcher)
    _remove(watcher)


@contextmanager
def unseen() -> Iterator[None]:
    """What happens inside is caused by the program alone; nothing that waits is delivered."""
    if not _INSIDE:
        for one in tuple(_WATCHERS):
            _remove(one)
    _INSIDE.append(True)
    try:
        yield
    finally:
        _INSIDE.pop()
        if not _INSIDE:
            for one in tuple(_WATCHERS):
                _install(one)


def _install(watcher: QObject) -> None:
    if (app := QCoreApplication.instance()) is not None and isValid(watcher):
        app.installEventFilter(watcher)


def _remove(watcher: QObject) -> None:
    if (app := QCoreApplication.instance()) is not None and isValid(watcher):
        app.removeEventFilter(watcher)
