"""A menu of which one thing is chosen at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtWidgets import QMenu

T = TypeVar("T")


def offer(
    menu: QMenu, choices: Iterable[tuple[T, str]], now: Callable[[], T], chosen: Callable[[T], None]
) -> QMenu:
    """Fill a menu; whenever it opens, what `now` says is marked."""
    for value, text in choices:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setData(value)
        action.triggered.connect(lambda _on=False, one=value: chosen(one))

    def show() -> None:
        for one in menu.actions():
            one.setChecked(one.data() == now())

    menu.aboutToShow.connect(show)
    return menu
