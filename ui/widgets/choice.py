"""A menu of which one thing is chosen at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

T = TypeVar("T")


def offer(
    menu: QMenu, choices: Iterable[tuple[T, str]], now: Callable[[], T], chosen: Callable[[T], None]
) -> QMenu:
    """Add choices to a menu; whenever it opens, what `now` says is marked among them."""
    added: list[QAction] = []
    for value, text in choices:
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setData(value)
        action.triggered.connect(lambda _on=False, one=value: chosen(one))
        added.append(action)

    def show() -> None:
        for one in added:
            one.setChecked(one.data() == now())

    menu.aboutToShow.connect(show)
    return menu
