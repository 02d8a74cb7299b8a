"""Starts the gallery: the program's application and theme, without profile, store or keys."""

from __future__ import annotations

from ui.application import application
from ui.gallery.window import Gallery


def run() -> int:
    """Show the gallery until its window is closed; returns the exit status."""
    app = application()
    app.setQuitOnLastWindowClosed(True)
    window = Gallery()
    window.show()
    return int(app.exec())
