"""How a person laid out the list of exhibits: columns, widths, order, what is beside it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

from ui.evidence.columnchoice import ALWAYS
from ui.evidence.model import COLUMNS
from ui.evidence.state import Column
from ui.evidence.table import ExhibitTable
from ui.widgets.columns import said, widen, widths

_NAMES: Final = [one.name for one in COLUMNS]


def laid_out(table: ExhibitTable) -> str:
    """Names of columns, pixels, and which orders: nothing of a case."""
    header = table.horizontalHeader()
    down = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
    by = _NAMES[header.sortIndicatorSection()]
    chosen = table.choice.chosen
    on = [column.name for column, yes in chosen.items() if yes]
    off = [column.name for column, yes in chosen.items() if not yes]
    choice = [f"{key}={','.join(some)}" for key, some in (("on", on), ("off", off)) if some]
    rest = (f"by={by}", f"down={int(down)}", f"narrowing={int(table.narrowing)}")
    return " ".join([*widths(header, _NAMES), *choice, *rest])


def lay_out(table: ExhibitTable, kept: str) -> None:
    """As it was; what a changed file says beyond that is passed over."""
    header, known = table.horizontalHeader(), said(kept)
    for key, yes in (("on", True), ("off", False)):
        for name in known.get(key, "").split(","):
            column = Column.__members__.get(name)
            if column is not None and column not in ALWAYS:
                table.choice.choose(column, yes)
    table.narrow(shown=known.get("narrowing") == "1")
    widen(header, _NAMES, known)
    table.choice.fit()
    if known.get("by") in _NAMES:
        down = known.get("down") == "1"
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(_NAMES.index(known["by"]), order)
