"""Outline icons, coloured from the palette when they are asked for."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import tokens


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    try:
        from resources import path  # noqa: PLC0415 - once, cached

        return path(f"icons/{name}.svg").read_text(encoding="utf-8")
    except (ImportError, OSError, KeyError):
        return ""


def read_all() -> None:
    """Read every icon, off the window's thread: a screen that is new asks for dozens."""
    from resources import path  # noqa: PLC0415

    for one in path("icons").glob("*.svg"):
        _source(one.stem)


def exists(name: str) -> bool:
    """Whether the icon is bundled."""
    return bool(_source(name))


@lru_cache(maxsize=1024)
def pixmap(name: str, colour: str, size: int = tokens.ICON, ratio: float = 1.0) -> QPixmap:
    """One icon in one colour, `size` px wide at 100 %."""
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    source = _source(name)
    if source:
        text = source.replace("currentColor", colour)
        text = text.replace('stroke-width="2"', f'stroke-width="{tokens.ICON_STROKE}"')
        renderer = QSvgRenderer(QByteArray(text.encode()))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
    return picture


def ratios() -> tuple[float, ...]:
    """Pixels of the screens for one of ours: icons are drawn for each, none is stretched."""
    screens = {one.devicePixelRatio() for one in QGuiApplication.screens()}
    return tuple(sorted({1.0, *screens}))


def icon(
    name: str, colour: str, size: int = tokens.ICON, disabled: str = "", *, gap: int = 0
) -> QIcon:
    """A `QIcon` with a disabled variant; `gap` px of air on its right, for buttons with words."""
    made = QIcon()
    for ratio in ratios():
        made.addPixmap(_padded(pixmap(name, colour, size, ratio), gap))
        if disabled:
            faded = _padded(pixmap(name, disabled, size, ratio), gap)
            made.addPixmap(faded, QIcon.Mode.Disabled)
    return made


def _padded(picture: QPixmap, gap: int) -> QPixmap:
    if not gap:
        return picture
    ratio = picture.devicePixelRatio()
    wide = QPixmap(picture.width() + round(gap * ratio), picture.height())
    wide.setDevicePixelRatio(ratio)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return wide
