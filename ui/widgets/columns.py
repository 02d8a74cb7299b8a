"""How a person laid out the columns of a table: widths, as one word for `window.ini`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QHeaderView

_LEAST: Final = 64
_MOST: Final = 2000


def widths(header: QHeaderView, names: Sequence[str]) -> list[str]:
    """Names of columns and pixels: nothing of a case. What takes the rest of the room has none."""
    stretch = QHeaderView.ResizeMode.Stretch
    return [
        f"{name}={header.sectionSize(at)}"
        for at, name in enumerate(names)
        if not header.isSectionHidden(at) and header.sectionResizeMode(at) != stretch
    ]


def said(kept: str) -> dict[str, str]:
    """What a line of the file says, by name."""
    return dict(one.split("=", 1) for one in kept.split() if "=" in one)


def widen(header: QHeaderView, names: Sequence[str], kept: dict[str, str]) -> None:
    """As they were; what a changed file says beyond that is passed over."""
    stretch = QHeaderView.ResizeMode.Stretch
    for at, name in enumerate(names):
        width = kept.get(name, "")
        if width.isdecimal() and header.sectionResizeMode(at) != stretch:
            header.resizeSection(at, min(_MOST, max(_LEAST, int(width[:5]))))
