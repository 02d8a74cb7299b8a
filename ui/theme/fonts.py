"""The bundled typefaces, loaded once; the sizes follow the desktop's text size."""

from __future__ import annotations

import sys
from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from resources import path
from ui.theme import tokens

_TEXT_FALLBACK: Final = ("Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans")
_MONO_FALLBACK: Final = ("JetBrains Mono", "IBM Plex Mono", "Consolas", "DejaVu Sans Mono")

_USUAL_POINTS: Final = {"win32": 9, "darwin": 13}  # of a desktop's own font; elsewhere at most 11
_HELD: Final = [0]


@cache
def load() -> tuple[str, str]:
    """Register resources/fonts and return the family names (text, mono)."""
    families: list[str] = []
    try:
        folder = path("fonts")
        for file in sorted(folder.glob("*.[to]tf")):
            handle = QFontDatabase.addApplicationFont(str(file))
            families += QFontDatabase.applicationFontFamilies(handle) if handle >= 0 else []
    except OSError:
        families = []
    mono = next((name for name in families if "mono" in name.lower()), "")
    text = next((name for name in families if "inter" in name.lower()), "")
    return text or _installed(_TEXT_FALLBACK), mono or _installed(_MONO_FALLBACK)


def _installed(wanted: tuple[str, ...]) -> str:
    have = set(QFontDatabase.families())
    return next((name for name in wanted if name in have), wanted[-1])


def choose(percent: int) -> None:
    """Hold text at this size; 0 follows the desktop."""
    _HELD[0] = percent


def desktop_font() -> QFont:
    """What the desktop writes its own menus in."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)


def scale() -> float:
    """How much larger than usual text is to be, 1.0 to 2.0: as chosen, or as the desktop has it.

    A desktop asks by more dots an inch, or by a larger font of its own (text size of Windows and
    GNOME); where it scales everything, Qt does that, and this stays 1.
    """
    if _HELD[0]:
        return _HELD[0] / 100
    screen = QGuiApplication.primaryScreen()
    dots = screen.logicalDotsPerInch() if screen is not None else 96.0
    points = desktop_font().pointSizeF()
    return min(2.0, max(1.0, dots / 96.0, points / _USUAL_POINTS.get(sys.platform, 11)))


def px(size: int) -> int:
    """A type size in pixels, following the desktop's text size."""
    return round(size * scale())


def font(size: int = tokens.BODY, weight: int = tokens.REGULAR, *, tabular: bool = False) -> QFont:
    """The text face at `size` px (100 %)."""
    made = QFont(load()[0])
    made.setPixelSize(px(size))
    made.setWeight(QFont.Weight(weight))
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def mono(size: int = tokens.DENSE, weight: int = tokens.REGULAR) -> QFont:
    """The fixed-width face at `size` px (100 %), for hashes and numbers to compare."""
    made = QFont(load()[1])
    made.setPixelSize(px(size))
    made.setWeight(QFont.Weight(weight))
    made.setStyleHint(QFont.StyleHint.Monospace)
    return made
