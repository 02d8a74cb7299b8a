"""The bundled typefaces, loaded once; the sizes follow the desktop's text size."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication

from resources import path
from ui.theme import tokens

_TEXT_FALLBACK: Final = ("Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans")
_MONO_FALLBACK: Final = ("JetBrains Mono", "IBM Plex Mono", "Consolas", "DejaVu Sans Mono")


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


def scale() -> float:
    """How much larger than 96 dpi the desktop asks text to be, 1.0 to 2.0."""
    screen = QGuiApplication.primaryScreen()
    dots = screen.logicalDotsPerInch() if screen is not None else 96.0
    return min(2.0, max(1.0, dots / 96.0))


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
