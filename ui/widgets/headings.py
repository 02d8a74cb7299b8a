"""Titles are headings for whoever hears the window: readers go from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget

from ui.widgets.text import HEADINGS, Text


def _made(_kind: str, thing: QObject) -> QAccessibleInterface | None:
    """Qt's own interface with another role; Qt owns it and ends it with its widget.

    A class of ours with methods of its own crashed Qt: nothing here is derived.
    """
    if isinstance(thing, Text) and thing.property("look") in HEADINGS:
        return QAccessibleWidget(thing, QAccessible.Role.Heading, "")
    return None


def tell_headings() -> None:
    """From now on titles are told as headings. Once in a process: Qt keeps it to the end."""
    QAccessible.installFactory(_made)
