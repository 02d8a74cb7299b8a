"""How much of a screen a window may take."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget


def screen_room(widget: QWidget) -> QRect:
    """What the desktop leaves free of the screen that a widget is on, or will come up on.

    The widget itself is never asked for its screen: PySide takes the answer for a part of the
    widget, and may free it with the widget under Qt's hands (docs/adr/0072).
    """
    above = widget.parentWidget()
    window = widget if widget.isVisible() or above is None else above.window()
    at = QGuiApplication.screenAt(window.frameGeometry().center())
    # Halfway outside, or before anything is shown, there is none at that point.
    return (at or QGuiApplication.primaryScreen()).availableGeometry()
