"""Puts the tokens on the application; follows the desktop, light or dark, and its contrast.

Whatever changes, the whole scheme is applied anew; no part of one stays in another.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import fonts, sheet, tokens
from ui.theme.density import ALL, COMFORTABLE, Density
from ui.theme.highcontrast import scheme
from ui.theme.tokens import Palette

APPEARANCE: Final = "appearance"
CONTRAST: Final = "contrast"
DENSITY: Final = "density"
TEXT: Final = "text-size"
SYSTEM: Final = "system"
CHOICES: Final = {
    APPEARANCE: (SYSTEM, "light", "dark"),
    CONTRAST: (SYSTEM, "high", "normal"),
    DENSITY: tuple(ALL),
    TEXT: (SYSTEM, "100", "125", "150", "175", "200"),
}
"""What can be chosen of each; the first is what nobody has chosen yet."""


class Theme(QObject):
    """The scheme in force. One per application; ask `theme()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette: Palette = tokens.LIGHT
        self.density: Density = COMFORTABLE
        self._chosen: dict[str, str] = {}
        self._app: QApplication | None = None
        self._desktop_high = False

    def install(self, app: QApplication, chosen: Mapping[str, str] | None = None) -> None:
        """Apply fonts, colours and the sheet; from then on follow the desktop.

        Args:
            app: the application.
            chosen: what was chosen before, by the names of `CHOICES`; anything else is left out.
        """
        first = self._app is not app
        self._app = app
        for what, value in (chosen or {}).items():
            self._note(what, value)
        self._note(APPEARANCE, os.environ.get("JIT_THEME", ""))
        if first:
            app.setStyle("Fusion")
            app.screenAdded.connect(self._apply)  # icons are drawn for its pixels, too
            hints = app.styleHints()
            hints.colorSchemeChanged.connect(self._desktop_changed)
            hints.accessibility().contrastPreferenceChanged.connect(self._contrast_changed)
            self._desktop_high = _is_high(hints.accessibility().contrastPreference())
        self._apply()

    def chosen(self, what: str) -> str:
        """What a person chose of `what`."""
        return self._chosen.get(what, CHOICES[what][0])

    def choose(self, what: str, value: str) -> str:
        """Follow the desktop, or hold what a person chose; what is no choice follows it, too.

        Returns:
            What holds now, to be remembered.
        """
        self._chosen.pop(what, None)
        self._note(what, value)
        self._apply()
        return self.chosen(what)

    def _note(self, what: str, value: str) -> None:
        if value in CHOICES.get(what, ()):
            self._chosen[what] = value

    def _desktop_changed(self) -> None:
        if self.chosen(APPEARANCE) == SYSTEM:
            self._apply()

    def _contrast_changed(self, wanted: Qt.ContrastPreference) -> None:
        self._desktop_high = _is_high(wanted)
        if self.chosen(CONTRAST) == SYSTEM:
            self._apply()

    def _apply(self) -> None:
        if self._app is None:
            return
        self.palette = scheme(dark=self._wants_dark(), high=self._wants_high())
        self.density = ALL[self.chosen(DENSITY)]
        size = self.chosen(TEXT)
        fonts.choose(0 if size == SYSTEM else int(size))
        self._app.setFont(fonts.font())
        self._app.setPalette(_qt_palette(self.palette))
        self._app.setStyleSheet(sheet.build(self.palette, self.density))
        self.changed.emit()

    def _wants_dark(self) -> bool:
        choice = self.chosen(APPEARANCE)
        if choice != SYSTEM:
            return choice == "dark"
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def _wants_high(self) -> bool:
        choice = self.chosen(CONTRAST)
        return self._desktop_high if choice == SYSTEM else choice == "high"


def _is_high(wanted: Qt.ContrastPreference) -> bool:
    return wanted == Qt.ContrastPreference.HighContrast


_THEME: list[Theme] = []


def theme() -> Theme:
    """The application's theme."""
    if not _THEME:
        _THEME.append(Theme())
    return _THEME[0]


def palette() -> Palette:
    """The palette in force, read when something is painted."""
    return theme().palette


def density() -> Density:
    """The density in force, read when something is laid out."""
    return theme().density


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
