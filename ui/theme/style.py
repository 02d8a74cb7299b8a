"""Puts the tokens on the application and follows the desktop between light and dark."""

from __future__ import annotations

import os
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import fonts, sheet, tokens
from ui.theme.tokens import Palette

CHOICES: Final = ("system", "light", "dark")


class Theme(QObject):
    """The scheme in force. One per application; ask `theme()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette: Palette = tokens.LIGHT
        self.choice = "system"
        self._app: QApplication | None = None

    def install(self, app: QApplication, choice: str = "system") -> None:
        """Apply fonts, colours and the sheet; from then on follow the desktop."""
        first = self._app is not app
        self._app = app
        self.choice = os.environ.get("JIT_THEME", "") or choice
        if first:
            app.setStyle("Fusion")
            app.setFont(fonts.font())
            app.styleHints().colorSchemeChanged.connect(self._scheme_changed)
        self._apply()

    def choose(self, choice: str) -> None:
        """Follow the desktop, or hold light or dark."""
        self.choice = choice if choice in CHOICES else "system"
        self._apply()

    def _scheme_changed(self) -> None:
        if self.choice == "system":
            self._apply()

    def _apply(self) -> None:
        if self._app is None:
            return
        self.palette = tokens.DARK if self._wants_dark() else tokens.LIGHT
        self._app.setPalette(_qt_palette(self.palette))
        self._app.setStyleSheet(sheet.build(self.palette))
        self.changed.emit()

    def _wants_dark(self) -> bool:
        if self.choice in ("light", "dark"):
            return self.choice == "dark"
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


_THEME: list[Theme] = []


def theme() -> Theme:
    """The application's theme."""
    if not _THEME:
        _THEME.append(Theme())
    return _THEME[0]


def palette() -> Palette:
    """The palette in force, read when something is painted."""
    return theme().palette


def _qt_palette(p: Palette) -> QPalette:
    made = QPalette()
    role = QPalette.ColorRole
    for where, colour in (
        (role.Window, p.window),
        (role.WindowText, p.text),
        (role.Base, p.surface),
        (role.AlternateBase, p.window),
        (role.Text, p.text),
        (role.Button, p.surface),
        (role.ButtonText, p.text),
        (role.BrightText, p.danger),
        (role.Highlight, p.accent),
        (role.HighlightedText, p.on_accent),
        (role.ToolTipBase, p.raised),
        (role.ToolTipText, p.text),
        (role.PlaceholderText, p.muted),
        (role.Link, p.accent),
        (role.Accent, p.accent),
    ):
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(p.muted))
    return made
