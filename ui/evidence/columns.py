"""How a person laid out the list of exhibits: widths and order, as one word for `window.ini`."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView

from ui.evidence.model import COLUMNS
from ui.evidence.state import Column

_LEAST: Final = 64
_MOST: Final = 2000


def laid_out(header: QHeaderView) -> str:
    """Names of columns, pixels, and which orders: nothing of a case."""
    widths = [
        f"{column.name}={header.sectionSize(at)}"
        for at, column in enumerate(COLUMNS)
        if not header.isSectionHidden(at) and column is not Column.NAME  # it takes what is left
    ]
    down = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
    by = COLUMNS[header.sortIndicatorSection()].name
    return " ".join([*widths, f"by={by}", f"down={int(down)}"])


def lay_out(header: QHeaderView, kept: str) -> None:
    """As it was; what a changed file says beyond that is passed over."""
    said = dict(one.split("=", 1) for one in kept.split() if "=" in one)
    for at, column in enumerate(COLUMNS):
        width = said.get(column.name, "")
        if width.isdecimal() and column is not Column.NAME:
            header.resizeSection(at, min(_MOST, max(_LEAST, int(width[:5]))))
    names = [one.name for one in COLUMNS]
    if said.get("by") in names:
        down = said.get("down") == "1"
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(names.index(said["by"]), order)
