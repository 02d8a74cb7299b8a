"""Showing a widget that may not have its place yet.

`setVisible(True)` on a widget without a parent opens it as a window of its own for a moment.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def reveal(widget: QWidget, yes: bool) -> None:
    """Show or hide a widget inside its parent; without one it shows when it gets its place."""
    if not yes:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()
    else:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
