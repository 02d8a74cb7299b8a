"""Opens the help where a person is; there is one window of it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from ui.asking import ask_help, helped_by
from ui.binding import bind
from ui.help.page import Place

_OPEN: Final[list[QWidget]] = []


def offer_help(window: QWidget) -> None:
    """From now on help can be had in this window and in those that belong to it."""
    helped_by(answer)
    bind(window, "help", ask_help, context=Qt.ShortcutContext.ApplicationShortcut)


def answer(code: str) -> None:
    """Open the entry of an error; without a code, the page of what has the keyboard."""
    if code:
        open_help(Place("errors", code))
        return
    from ui.help.topics import topic_of  # noqa: PLC0415 - not before somebody asks

    front = QApplication.focusWidget() or QApplication.activeWindow()
    if front is None or front.window() not in _OPEN:
        open_help(topic_of(front))


def open_help(at: Place) -> None:
    """Open a place, in the window that is open or in a new one."""
    from ui.help.book import Book  # noqa: PLC0415 - as above
    from ui.help.presenter import HelpPresenter  # noqa: PLC0415
    from ui.help.view import HelpWindow  # noqa: PLC0415

    window = next((one for one in _OPEN if isinstance(one, HelpWindow)), None)
    if window is None:
        window = HelpWindow(HelpPresenter(Book(), at))
        window.closed.connect(_OPEN.clear)
        _OPEN.append(window)
    else:
        window.go(at)
    window.show()
    window.raise_()
    window.activateWindow()


def close_help() -> None:
    """Close it with the windows it belongs to."""
    for window in tuple(_OPEN):
        window.close()
    _OPEN.clear()
