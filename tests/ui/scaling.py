"""What lines and icons look like at a scale; run as a program, in a process of its own.

`python -m tests.ui.scaling`: prints one JSON object. The scale comes from QT_SCALE_FACTOR.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import groupby

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from ui.application import application
from ui.errors.cards import ErrorCard
from ui.gallery.specimens import Ringed
from ui.theme import icons, tokens
from ui.theme.style import APPEARANCE, palette, theme
from ui.theme.tokens import Tone
from ui.widgets.button import Button, IconButton
from ui.widgets.glyph import Glyph
from ui.widgets.keycap import Keycap
from ui.widgets.notice import Notice
from ui.widgets.panel import Panel, line


def _notice() -> Notice:
    made = Notice()
    made.show_card(ErrorCard("Title", "What.", "Safe.", "Do.", "code", Tone.WARN))
    return made


def _scene() -> tuple[QWidget, dict[str, QWidget]]:
    """Things with lines, below each other at places that are no whole pixels."""
    host = Panel("window", margin=7, spacing=5)
    card, composer = Panel("card"), Panel("composer")
    card.setFixedHeight(33)
    composer.setFixedHeight(31)
    made: dict[str, QWidget] = {
        "line": line(),
        "card": card,
        "composer": composer,
        "button": Button("Go on"),
        "primary": Button("Go on", "primary"),
        "ring": Ringed(Button("Go on")),
        "keycap": Keycap("      Ctrl"),
        "notice": _notice(),
        "icon": IconButton("copy", "Copy"),
        "glyph": Glyph("lock", tokens.ICON),
    }
    for one in made.values():
        host.column.addWidget(one, 0, Qt.AlignmentFlag(0))
    host.column.addStretch(1)
    host.resize(403, 601)
    return host, made


def _slice(image: QImage, box: QRect, ratio: float) -> list[tuple[str, int]]:
    """Colours from above to below, 13 px from the left edge, each with how often it follows."""
    x = round((box.left() + 13) * ratio)
    rows = range(max(0, round((box.top() - 2) * ratio)), round((box.bottom() + 3) * ratio))
    found = [image.pixelColor(x, y).name().upper() for y in rows]
    return [(colour, len(list(same))) for colour, same in groupby(found)]


def _drawn(name: str, size: int, ratio: float, ground: str) -> QImage:
    """An icon as it is meant: its own rendering, one pixel for one, on a ground."""
    picture = icons.pixmap(name, palette().tone(Tone.NEUTRAL)[0], size, ratio)
    made = QImage(picture.size(), QImage.Format.Format_RGB32)
    made.fill(ground)
    painter = QPainter(made)
    picture.setDevicePixelRatio(1)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return made


def _same(image: QImage, place: QPoint, wanted: QImage) -> bool:
    """Whether the icon stands there pixel for pixel, up to some pixels aside."""
    size = QSize(wanted.width(), wanted.height())
    for dx in range(-4, 5):
        for dy in range(-4, 5):
            part = image.copy(QRect(place + QPoint(dx, dy), size))
            part.setDevicePixelRatio(1)
            if part.convertToFormat(QImage.Format.Format_RGB32) == wanted:
                return True
    return False


def main() -> None:
    """Entry point."""
    app = application()
    theme().choose(APPEARANCE, "light")
    host, made = _scene()
    host.show()
    for _ in range(3):
        QApplication.processEvents()
    image = host.grab().toImage()
    ratio = image.devicePixelRatio()
    slices = {
        name: _slice(image, QRect(one.mapTo(host, QPoint(0, 0)), one.size()), ratio)
        for name, one in made.items()
        if name not in ("icon", "glyph")
    }
    crisp = {}
    for name, icon, edge in (("glyph", "lock", 0), ("icon", "copy", 6)):
        corner = made[name].mapTo(host, QPoint(edge, edge))
        place = QPoint(round(corner.x() * ratio), round(corner.y() * ratio))
        wanted = _drawn(icon, tokens.ICON, ratio, palette().window)
        crisp[name] = _same(image, place, wanted)
    host.close()
    app.processEvents()
    json.dump({"ratio": ratio, "slices": slices, "crisp": crisp}, sys.stdout)


if __name__ == "__main__":
    main()
