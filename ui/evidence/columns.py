"""How a person laid out the list of exhibits: widths and order, as one word for `window.ini`."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView

from ui.evidence.model import COLUMNS
from ui.widgets.columns import said, widen, widths

_NAMES: Final = [one.name for one in COLUMNS]


def laid_out(header: QHeaderView) -> str:
    """Names of columns, pixels, and which orders: nothing of a case."""
    down = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
    by = _NAMES[header.sortIndicatorSection()]
    return " ".join([*widths(header, _NAMES), f"by={by}", f"down={int(down)}"])


def lay_out(header: QHeaderView, kept: str) -> None:
    """As it was; what a changed file says beyond that is passed over."""
    known = said(kept)
    widen(header, _NAMES, known)
    if known.get("by") in _NAMES:
        down = known.get("down") == "1"
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(_NAMES.index(known["by"]), order)
